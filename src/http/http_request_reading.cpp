// How a connection reads its requests, and what it refuses before a handler sees it.
#include "http/http_connection.hpp"
#include "http/message_check.hpp"
#include "http/request_version.hpp"
#include "tickcast/http/fields.hpp"
#include "tickcast/http/refusals.hpp"
#include "tickcast/http/target.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <limits>
#include <sstream>
#include <utility>

namespace tickcast {

namespace {

constexpr std::size_t kHeaderRead = 4096;  // most requests come in one piece of this size
constexpr std::size_t kBodyRead = 65'536;
/// What an idle connection may keep for its next request.
constexpr std::size_t kKeptBuffer = 16'384;

bool expects_continue(HttpHeader const& header) {
    return header.version() >= 11 &&
           equal_ignoring_case(to_std(header[http::field::expect]), "100-continue");
}

}  // namespace

/// Some clients send an empty line after a body (RFC 9112 section 2.2).
void HttpConnection::skip_empty_lines() noexcept {
    buffer_.consume(std::min(unread().find_first_not_of("\r\n"), buffer_.size()));
}

Awaitable<bool> HttpConnection::wait_for_request() {
    skip_empty_lines();
    if (buffer_.size() == 0) {
        if (stopped_ && asked_) co_return false;
        if (buffer_.capacity() > kKeptBuffer) buffer_.shrink_to_fit();
        idle_ = true;
        if (!slot_.refused()) {
            set_deadline(stopped_ ? owner_.limits_.last_call : owner_.limits_.idle);
        }
        SystemError error;
        while (!error && buffer_.size() == 0) {
            error = co_await read_more(kHeaderRead);
            skip_empty_lines();
        }
        idle_ = false;
        if (error) co_return false;
    }
    asked_ = true;
    begun_ = std::chrono::steady_clock::now();
    if (!slot_.refused()) set_deadline(owner_.limits_.request);
    too_often_ = slot_.take_request(owner_.clock_.waiting_since(begun_));
    error_.reset();
    refusal_.reset();
    last_answer_ = false;
    begin_message();
    co_return true;
}

void HttpConnection::begin_message() {
    parser_.emplace();
    // Beast's own limit counts request line and fields apart; ours counts their sum.
    parser_->header_limit(std::numeric_limits<std::uint32_t>::max());
    parser_->body_limit(boost::none);
}

Awaitable<HttpConnection::Step> HttpConnection::read_header() {
    auto const limit = owner_.limits_.max_header_bytes;
    std::size_t used = 0;
    for (;;) {
        if (has_folded_line(unread())) {
            co_return refuse(ErrorCode::bad_request, "a header line is folded");
        }
        SystemError error;
        auto const parsed = parser_->put(buffer_.cdata(), error);
        buffer_.consume(parsed);
        used += parsed;
        if (parser_->is_header_done()) co_return check_header(used);
        if (error == http::error::bad_version && accept_later_minor()) continue;
        if (error && error != http::error::need_more) co_return parse_failed(error);
        if (used + buffer_.size() > limit) co_return check_header(used + buffer_.size());
        error = co_await read_more(kHeaderRead);
        if (error) co_return refuse_read(error);
    }
}

/// What HTTP/1.2 to 1.9 add to 1.1 may be ignored (RFC 9110 section 2.5): the parser gets the line
/// again as one of 1.1.
bool HttpConnection::accept_later_minor() {
    auto const version = refused_version(unread());
    if (version.kind != RequestVersion::Kind::later_minor) return false;
    static_cast<char*>(buffer_.data().data())[version.minor_at] = '1';
    begin_message();
    return true;
}

HttpConnection::Step HttpConnection::check_header(std::size_t header_bytes) {
    auto const limit = owner_.limits_.max_header_bytes;
    header_bytes_ = header_bytes;
    if (header_bytes > limit) {
        return refuse(ErrorCode::headers_too_large, "request line and header fields are too long",
                      limit);
    }
    if (auto error = check_message(parser_->get())) {
        error_ = std::move(error);
        return Step::refused;
    }
    if (auto const plain = decode_unreserved(to_std(parser_->get().target()))) {
        parser_->get().target(*plain);
    }
    if ((slot_.refused() || draining_ || too_often_) && is_answered_always()) {
        too_often_.reset();
        last_answer_ = true;
        return Step::done;
    }
    if (slot_.refused() || draining_) {
        error_ = slot_.refused() ? slot_.refusal() : draining_error();
        return Step::refused;
    }
    auto const body_limit = owner_.handler_.body_limit(parser_->get());
    parser_->body_limit(body_limit);
    if (parser_->content_length().value_or(0) > body_limit) {
        return parse_failed(http::error::body_limit);
    }
    return Step::done;
}

/// What a balancer looks at is answered where others are refused: a limit says nothing of health.
bool HttpConnection::is_answered_always() const {
    return !parser_->chunked() && parser_->content_length().value_or(0) == 0 &&
           owner_.handler_.answers_always(parser_->get());
}

Awaitable<HttpConnection::Step> HttpConnection::read_body() {
    if (parser_->is_done()) co_return Step::done;
    if (buffer_.size() == 0 && expects_continue(parser_->get())) {
        auto const step = co_await continue_body();
        if (step != Step::done) co_return step;
    }
    if (parser_->chunked()) co_return co_await read_chunked_body();
    co_return co_await read_sized_body();
}

Awaitable<HttpConnection::Step> HttpConnection::read_sized_body() {
    parser_->eager(true);
    for (;;) {
        SystemError error;
        if (buffer_.size() > 0) {
            buffer_.consume(parser_->put(buffer_.cdata(), error));
            if (error && error != http::error::need_more) co_return parse_failed(error);
            if (parser_->is_done()) co_return Step::done;
        }
        error = co_await read_more(kBodyRead);
        if (error) co_return refuse_read(error);
    }
}

Awaitable<HttpConnection::Step> HttpConnection::read_chunked_body() {
    auto const header_limit = owner_.limits_.max_header_bytes;
    ChunkedBody chunks{{.body = owner_.handler_.body_limit(parser_->get()),
                        .line = header_limit,
                        .trailer = header_limit - header_bytes_}};
    for (;;) {
        buffer_.consume(chunks.take(unread(), parser_->get().body()));
        if (chunks.state() != ChunkedBody::State::unfinished) {
            co_return check_chunks(chunks.state());
        }
        auto const error = co_await read_more(kBodyRead);
        if (error) co_return refuse_read(error);
    }
}

HttpConnection::Step HttpConnection::check_chunks(ChunkedBody::State state) {
    auto const limit = owner_.limits_.max_header_bytes;
    switch (state) {
        case ChunkedBody::State::unfinished:
        case ChunkedBody::State::done:
            return Step::done;
        case ChunkedBody::State::malformed:
            return refuse(ErrorCode::bad_request, "not HTTP: a bad chunk or trailer");
        case ChunkedBody::State::too_large:
            return parse_failed(http::error::body_limit);
        case ChunkedBody::State::line_too_long:
            return refuse(ErrorCode::headers_too_large, "a chunk's head is too long", limit);
        case ChunkedBody::State::trailer_too_long:
            return refuse(ErrorCode::headers_too_large, "header and trailer are too long", limit);
    }
    return Step::done;
}

Awaitable<HttpConnection::Step> HttpConnection::continue_body() {
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    refusal_ = owner_.handler_.refuse_early(parser_->get());
    if (!refusal_) error_ = std::exchange(too_often_, std::nullopt);
    if (refusal_ || error_) co_return Step::refused;
    SystemError error;
    co_await asio::async_write(socket_, asio::buffer(kContinue),
                               asio::redirect_error(use_await, error));
    co_return error ? Step::lost : Step::done;
}

Awaitable<SystemError> HttpConnection::read_more(std::size_t size) {
    SystemError error = asio::error::timed_out;
    if (expired_) co_return error;
    auto const room = buffer_.prepare(size);
    auto const received =
        co_await socket_.async_read_some(room, asio::redirect_error(use_await, error));
    buffer_.commit(received);
    if (error && expired_) error = asio::error::timed_out;
    co_return error;
}

HttpConnection::Step HttpConnection::refuse(ErrorCode code, std::string detail,
                                            std::optional<std::uint64_t> limit) {
    error_ = Error{.code = code, .detail = std::move(detail), .limit = limit};
    return Step::refused;
}

HttpConnection::Step HttpConnection::refuse_read(SystemError error) {
    if (error == asio::error::timed_out && slot_.refused()) {
        error_ = slot_.refusal();
        return Step::refused;
    }
    if (error == asio::error::timed_out) {
        std::ostringstream detail;
        detail << "the request did not end within request-timeout-seconds, "
               << std::chrono::duration<double>{owner_.limits_.request}.count();
        return refuse(ErrorCode::request_timeout, detail.str());
    }
    if (error == asio::error::eof) {
        return refuse(ErrorCode::bad_request, "the connection ended within the request");
    }
    return Step::lost;
}

HttpConnection::Step HttpConnection::parse_failed(SystemError error) {
    if (error == http::error::body_limit) {
        refusal_ = owner_.handler_.refuse_early(parser_->get());
        return refuse(ErrorCode::body_too_large, "the body is too large",
                      owner_.handler_.body_limit(parser_->get()));
    }
    if (error == http::error::bad_version &&
        refused_version(unread()).kind == RequestVersion::Kind::other_major) {
        return refuse(ErrorCode::http_version_not_supported, "this server speaks HTTP/1.1");
    }
    return refuse(ErrorCode::bad_request, "not HTTP: " + error.message());
}

}  // namespace tickcast
