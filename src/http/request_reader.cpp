#include "http/request_reader.hpp"

#include "http/message_check.hpp"
#include "http/request_version.hpp"
#include "tickcast/http/fields.hpp"
#include "tickcast/http/target.hpp"

#include <algorithm>
#include <limits>

namespace tickcast {

namespace {

/// The most memory that an idle connection keeps for its next request.
constexpr std::size_t kKeptBuffer = 16'384;

Error bad_request(std::string detail) {
    return Error{.code = ErrorCode::bad_request, .detail = std::move(detail)};
}

Error headers_too_large(std::string detail, std::size_t limit) {
    return Error{.code = ErrorCode::headers_too_large, .detail = std::move(detail), .limit = limit};
}

Error body_too_large(std::size_t limit) {
    return Error{
        .code = ErrorCode::body_too_large, .detail = "the body is too large", .limit = limit};
}

}  // namespace

std::string_view RequestReader::unread() const noexcept {
    return {static_cast<char const*>(buffer_.cdata().data()), buffer_.size()};
}

bool RequestReader::has_next() noexcept {
    for (;;) {
        auto const bytes = unread();
        // A CR alone might be half of an empty line. With other bytes after it, it is malformed.
        if (bytes.empty() || bytes == "\r") return false;
        auto const line_end = std::size_t{bytes.starts_with("\r\n") ? 2U : 1U};
        if (line_end == 1 && !bytes.starts_with('\n')) return true;
        buffer_.consume(line_end);
    }
}

void RequestReader::begin() {
    header_bytes_ = 0;
    chunks_.reset();
    begin_message();
}

void RequestReader::begin_message() {
    parser_.emplace();
    // Beast's own limit counts the request line and the fields apart; ours counts their sum.
    parser_->header_limit(std::numeric_limits<std::uint32_t>::max());
    parser_->body_limit(boost::none);
}

Result<RequestReader::Progress> RequestReader::read_header() {
    for (;;) {
        if (has_folded_line(unread())) return bad_request("a header line is folded");
        SystemError error;
        auto const parsed = parser_->put(buffer_.cdata(), error);
        buffer_.consume(parsed);
        header_bytes_ += parsed;
        if (parser_->is_header_done()) return check_header();
        if (error == http::error::bad_version && accept_later_minor()) continue;
        if (error && error != http::error::need_more) return parse_error(error);
        if (header_bytes_ + buffer_.size() <= max_header_bytes_) return Progress::unfinished;
        header_bytes_ += buffer_.size();
        return check_header();
    }
}

/// A server can ignore all that HTTP/1.2 to 1.9 add to 1.1 (RFC 9110 section 2.5): the parser gets
/// the line again as a line of HTTP/1.1.
bool RequestReader::accept_later_minor() {
    auto const version = refused_version(unread());
    if (version.kind != RequestVersion::Kind::later_minor) return false;
    static_cast<char*>(buffer_.data().data())[version.minor_at] = '1';
    begin_message();
    return true;
}

Result<RequestReader::Progress> RequestReader::check_header() {
    if (header_bytes_ > max_header_bytes_) {
        return headers_too_large("request line and header fields are too long", max_header_bytes_);
    }
    if (auto error = check_message(parser_->get())) return *std::move(error);
    if (auto const plain = decode_unreserved(to_std(parser_->get().target()))) {
        parser_->get().target(*plain);
    }
    return Progress::done;
}

Result<RequestReader::Progress> RequestReader::begin_body(std::size_t most_bytes) {
    body_limit_ = most_bytes;
    parser_->body_limit(most_bytes);
    if (parser_->content_length().value_or(0) > most_bytes) return body_too_large(most_bytes);
    if (parser_->is_done()) return Progress::done;
    if (parser_->chunked()) {
        chunks_.emplace(ChunkedBody::Limits{.body = most_bytes,
                                            .line = max_header_bytes_,
                                            .trailer = max_header_bytes_ - header_bytes_});
    }
    return Progress::unfinished;
}

Result<RequestReader::Progress> RequestReader::read_body() {
    if (!chunks_) return read_sized_body();
    buffer_.consume(chunks_->decode(unread(), parser_->get().body()));
    return check_chunks(chunks_->state());
}

Result<RequestReader::Progress> RequestReader::read_sized_body() {
    parser_->eager(true);
    if (buffer_.size() == 0) return Progress::unfinished;
    SystemError error;
    buffer_.consume(parser_->put(buffer_.cdata(), error));
    if (error && error != http::error::need_more) return parse_error(error);
    return parser_->is_done() ? Progress::done : Progress::unfinished;
}

Result<RequestReader::Progress> RequestReader::check_chunks(ChunkedBody::State state) const {
    switch (state) {
        case ChunkedBody::State::unfinished:
            return Progress::unfinished;
        case ChunkedBody::State::done:
            return Progress::done;
        case ChunkedBody::State::malformed:
            return bad_request("not HTTP: a bad chunk or trailer");
        case ChunkedBody::State::too_large:
            return body_too_large(body_limit_);
        case ChunkedBody::State::line_too_long:
            return headers_too_large("the heads of chunks are too long", max_header_bytes_);
        case ChunkedBody::State::trailer_too_long:
            return headers_too_large("header and trailer are too long", max_header_bytes_);
    }
    return Progress::done;
}

Error RequestReader::parse_error(SystemError error) const {
    if (error == http::error::body_limit) return body_too_large(body_limit_);
    if (error == http::error::bad_version &&
        refused_version(unread()).kind == RequestVersion::Kind::other_major) {
        return Error{.code = ErrorCode::http_version_not_supported,
                     .detail = "this server speaks HTTP/1.1"};
    }
    return bad_request("not HTTP: " + error.message());
}

HttpHeader const* RequestReader::header() const noexcept {
    auto const& request = parser_->get();
    return request.target().empty() ? nullptr : &request;
}

http::verb RequestReader::method() const noexcept {
    // The parser has no method before it has read the whole request line.
    if (header() == nullptr && unread().starts_with("HEAD ")) return http::verb::head;
    return request().method();
}

bool RequestReader::keep_alive() const {
    auto const& request = parser_->get();
    if (lists_token(request, http::field::connection, "close")) return false;
    return request.version() >= 11 || lists_token(request, http::field::connection, "keep-alive");
}

bool RequestReader::has_body() const {
    return parser_->chunked() || parser_->content_length().value_or(0) != 0;
}

bool RequestReader::expects_continue() const {
    auto const& request = parser_->get();
    return request.version() >= 11 &&
           equal_ignoring_case(to_std(request[http::field::expect]), "100-continue");
}

void RequestReader::shrink() {
    if (buffer_.capacity() > kKeptBuffer) buffer_.shrink_to_fit();
}

void RequestReader::discard() {
    parser_.reset();
    buffer_.consume(buffer_.size());
}

}  // namespace tickcast
