#include "net/http_connection.hpp"

#include "net/fields.hpp"
#include "net/message_check.hpp"
#include "net/refusals.hpp"
#include "tickcast/net/response.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/span_body.hpp>
#include <boost/beast/http/write.hpp>

#include <algorithm>
#include <limits>
#include <sstream>
#include <utility>

namespace tickcast {

namespace {

constexpr std::size_t kHeaderRead = 4096;  // most requests come in one piece of this size
constexpr std::size_t kBodyRead = 65'536;
constexpr std::size_t kMaxDiscard = 1 << 20;  // what a lingering close reads at most
/// What an idle connection may keep for its next request.
constexpr std::size_t kKeptBuffer = 16'384;
/// "0\r\n\r\n". Beast asserts that it sees as much once it has seen the last chunk's size, so a
/// debug build must not be shown less; a chunked body never goes on for less.
constexpr std::size_t kLeastChunkedRest = 5;
/// An operation that was just finishing escapes a cancel, and the next one would be without a
/// deadline.
constexpr auto kCancelAgain = std::chrono::milliseconds{50};

std::string_view view_of(boost::beast::flat_buffer const& buffer) noexcept {
    return {static_cast<char const*>(buffer.cdata().data()), buffer.size()};
}

/// Some clients send an empty line after a body (RFC 9112 section 2.2).
void skip_empty_lines(boost::beast::flat_buffer& buffer) noexcept {
    auto const begin = view_of(buffer).find_first_not_of("\r\n");
    buffer.consume(std::min(begin, buffer.size()));
}

bool expects_continue(HttpHeader const& header) {
    return header.version() >= 11 &&
           boost::beast::iequals(header[http::field::expect], "100-continue");
}

}  // namespace

HttpConnection::HttpConnection(HttpConnections& owner, ClientSocket socket, ConnectionSlot slot,
                               bool draining)
    : owner_(owner),
      slot_(std::move(slot)),
      socket_(std::move(socket)),
      draining_(draining),
      timer_(socket_.get_executor()) {}

Awaitable<> HttpConnection::serve(std::shared_ptr<HttpConnection> self) {
    auto next = Next::request;
    // What is refused has one deadline until its answer is out.
    if (self->slot_.refused()) self->set_deadline(self->owner_.limits_.refused);
    if (self->socket_.is_tls()) next = co_await self->shake_hands();
    while (next == Next::request)
        next = co_await self->serve_request();
    if (next == Next::linger) co_await self->linger();
}

/// Asks for nothing, so nothing is counted.
Awaitable<HttpConnection::Next> HttpConnection::shake_hands() {
    shaking_hands_ = true;
    if (!slot_.refused()) {
        set_deadline(stopped_ ? owner_.limits_.last_call : owner_.limits_.request);
    }
    auto error = co_await socket_.handshake();
    shaking_hands_ = false;
    if (!error) co_return Next::request;
    if (expired_) error = asio::error::timed_out;
    owner_.log_handshake(error);
    // An alert shall be seen, and not be overtaken by a RST.
    co_return error.category() == tls_category() ? Next::linger : Next::close;
}

Awaitable<HttpConnection::Next> HttpConnection::serve_request() {
    bool const begun = co_await wait_for_request();
    if (!begun) co_return Next::close;
    auto step = co_await read_header();
    if (step == Step::done) step = co_await read_body();
    if (step == Step::lost) co_return Next::close;
    if (step == Step::refused) co_return co_await refuse_request();

    clear_deadline();
    begun_ = std::chrono::steady_clock::now();
    if (too_often_) {
        co_return co_await finish_request(owner_.handler_.refuse(*std::move(too_often_), header()));
    }
    if (auto granted = owner_.handler_.grant_stream(parser_->get())) {
        co_return hand_over(*std::move(granted));
    }
    co_return co_await handle_request();
}

Awaitable<bool> HttpConnection::wait_for_request() {
    skip_empty_lines(buffer_);
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
            skip_empty_lines(buffer_);
        }
        idle_ = false;
        if (error) co_return false;
    }
    asked_ = true;
    begun_ = std::chrono::steady_clock::now();
    if (!slot_.refused()) set_deadline(owner_.limits_.request);
    too_often_ = slot_.take_request();
    error_.reset();
    refusal_.reset();
    parser_.emplace();
    // Beast's own limit counts request line and fields apart; ours counts their sum.
    parser_->header_limit(std::numeric_limits<std::uint32_t>::max());
    parser_->body_limit(boost::none);
    co_return true;
}

Awaitable<HttpConnection::Step> HttpConnection::read_header() {
    auto const limit = owner_.limits_.max_header_bytes;
    std::size_t used = 0;
    for (;;) {
        if (has_folded_line(view_of(buffer_))) {
            co_return refuse(ErrorCode::bad_request, "a header line is folded");
        }
        SystemError error;
        auto const parsed = parser_->put(buffer_.cdata(), error);
        buffer_.consume(parsed);
        used += parsed;
        if (parser_->is_header_done()) co_return check_header(used);
        if (error && error != http::error::need_more) co_return parse_failed(error);
        if (used + buffer_.size() > limit) co_return check_header(used + buffer_.size());
        error = co_await read_more(kHeaderRead);
        if (error) co_return refuse_read(error);
    }
}

HttpConnection::Step HttpConnection::check_header(std::size_t header_bytes) {
    auto const limit = owner_.limits_.max_header_bytes;
    if (header_bytes > limit) {
        return refuse(ErrorCode::headers_too_large, "request line and header fields are too long",
                      limit);
    }
    if (auto error = check_message(parser_->get())) {
        error_ = std::move(error);
        return Step::refused;
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

Awaitable<HttpConnection::Step> HttpConnection::read_body() {
    if (parser_->is_done()) co_return Step::done;
    if (buffer_.size() == 0 && expects_continue(parser_->get())) {
        auto const step = co_await continue_body();
        if (step != Step::done) co_return step;
    }
    parser_->eager(true);
    std::size_t const least = parser_->chunked() ? kLeastChunkedRest : 1;
    for (;;) {
        SystemError error;
        if (buffer_.size() >= least) {
            buffer_.consume(parser_->put(buffer_.cdata(), error));
            if (error && error != http::error::need_more) co_return parse_failed(error);
            if (parser_->is_done()) co_return Step::done;
        }
        // Body bytes are taken out at once: what stays is a chunk's head or the trailer.
        if (buffer_.size() > owner_.limits_.max_header_bytes) {
            co_return refuse(ErrorCode::headers_too_large,
                             "a chunk's head or the trailer is too long",
                             owner_.limits_.max_header_bytes);
        }
        error = co_await read_more(kBodyRead);
        if (error) co_return refuse_read(error);
    }
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

Awaitable<HttpConnection::Next> HttpConnection::handle_request() {
    Answer answer;
    bool failed = false;
    try {
        answer = co_await owner_.handler_.handle(parser_->get(), slot_);
    } catch (std::exception const& error) {
        failed = true;
        owner_.log_fault("request_failed", error.what());
    }
    if (failed) answer = owner_.handler_.refuse(Error{.code = ErrorCode::internal}, header());
    co_return co_await finish_request(std::move(answer));
}

Awaitable<HttpConnection::Next> HttpConnection::finish_request(Answer answer) {
    bool const keep_alive = parser_->keep_alive() && !owner_.stopping();
    bool const kept = co_await write_answer(std::move(answer), keep_alive);
    co_return kept ? Next::request : Next::linger;
}

Awaitable<HttpConnection::Next> HttpConnection::refuse_request() {
    Answer answer =
        refusal_ ? std::move(*refusal_) : owner_.handler_.refuse(std::move(*error_), header());
    co_await write_answer(std::move(answer), false);
    co_return Next::linger;
}

Awaitable<bool> HttpConnection::write_answer(Answer answer, bool keep_alive) {
    auto const& request = parser_->get();
    finish_answer(answer, Exchange{.method = request.method(),
                                   .version = request.version(),
                                   .keep_alive = keep_alive});
    // Before the client can see it: who has an answer finds it counted. Its own slowness is not our
    // time.
    count(answer);
    auto const size = std::max(answer.shared_body.size(), answer.response.body().size());
    if (!slot_.refused()) set_deadline(owner_.limits_.write_time(size));
    bool const kept = answer.response.keep_alive();
    SystemError error;
    if (answer.shared_body.empty()) {
        co_await http::async_write(socket_, answer.response,
                                   asio::redirect_error(use_await, error));
    } else {
        http::response<http::span_body<char const>> const whole{
            std::move(answer.response.base()),
            boost::beast::span<char const>{answer.shared_body.data(), answer.shared_body.size()}};
        co_await http::async_write(socket_, whole, asio::redirect_error(use_await, error));
    }
    co_return !error && kept;
}

/// A close with bytes unread would reset the connection, and the client might never see our answer.
Awaitable<> HttpConnection::linger() {
    SystemError error;
    set_deadline(owner_.limits_.linger);
    co_await socket_.finish_output();
    buffer_.consume(buffer_.size());
    auto const room = buffer_.prepare(kBodyRead);
    for (std::size_t discarded = 0; !error && !expired_ && discarded < kMaxDiscard;) {
        // With TLS the records as they are: nobody reads them.
        discarded +=
            co_await socket_.tcp().async_read_some(room, asio::redirect_error(use_await, error));
    }
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

HttpConnection::Next HttpConnection::hand_over(Answer granted) {
    // What the stream itself comes to is its own to say; here it is a request that was granted.
    count(granted);
    owner_.handler_.start_stream({.socket = std::move(socket_),
                                  .slot = std::move(slot_),
                                  .read_ahead = std::string{view_of(buffer_)}},
                                 parser_->release(), std::move(granted.response));
    return Next::gone;
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
    return refuse(ErrorCode::bad_request, "not HTTP: " + error.message());
}

HttpHeader const* HttpConnection::header() const noexcept {
    auto const& request = parser_->get();
    return request.target().empty() ? nullptr : &request;
}

void HttpConnection::count(Answer const& answer) noexcept {
    auto const took = std::chrono::steady_clock::now() - begun_;
    owner_.metrics_.answered(answer.route, method_label(parser_->get().method()),
                             answer.response.result_int(), Duration{took}.count());
}

void HttpConnection::stop() {
    stopped_ = true;
    if (!idle_ && !shaking_hands_) return;
    set_deadline(asked_ ? Duration{0} : owner_.limits_.last_call);
}

void HttpConnection::abort() {
    stopped_ = true;
    SystemError ignored;
    socket_.tcp().close(ignored);
}

void HttpConnection::end() noexcept {
    ended_ = true;
    socket_.close();
    slot_ = ConnectionSlot{};
    timer_.cancel();
}

/// Deadlines mostly move on, so the timer is left alone unless it would fire too late.
void HttpConnection::set_deadline(Duration from_now) {
    deadline_ = std::chrono::steady_clock::now() + from_now;
    expired_ = false;
    if (deadline_ < watching_) watch(deadline_);
}

void HttpConnection::watch(SteadyTime until) {
    watching_ = until;
    timer_.expires_at(until);
    timer_.async_wait([self = shared_from_this()](SystemError error) {
        if (!error && !self->ended_) self->on_watch();
    });
}

void HttpConnection::on_watch() {
    auto const now = std::chrono::steady_clock::now();
    watching_ = SteadyTime::max();
    if (now >= deadline_) {
        expired_ = true;
        SystemError ignored;
        socket_.tcp().cancel(ignored);
        watch(now + kCancelAgain);
    } else if (deadline_ != SteadyTime::max()) {
        watch(deadline_);
    }
}

}  // namespace tickcast
