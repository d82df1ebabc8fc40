#include "http/http_connection.hpp"

#include "tickcast/http/fields.hpp"
#include "tickcast/http/response.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/span_body.hpp>
#include <boost/beast/http/write.hpp>

#include <algorithm>
#include <utility>

namespace tickcast {

namespace {

constexpr std::size_t kDiscardRead = 65'536;
/// An operation that was just finishing escapes a cancel, and the next one would be without a
/// deadline.
constexpr auto kCancelAgain = std::chrono::milliseconds{50};

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
    answering_ = false;
    auto step = co_await read_header();
    if (step == Step::done) step = co_await read_body();
    if (step == Step::lost) co_return Next::close;
    answering_ = true;
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
    bool const keep_alive = parser_->keep_alive() && !owner_.stopping() && !last_answer_;
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

/// A close with bytes unread would reset the connection, and the client might never see our answer:
/// most read it only after they have sent all they have. Each read is a turn of the loop's own.
Awaitable<> HttpConnection::linger() {
    SystemError error;
    lingering_ = true;
    set_deadline(owner_.limits_.linger);
    co_await socket_.finish_output();
    parser_.reset();  // a body that was refused half-way may be large
    buffer_.consume(buffer_.size());
    auto const room = buffer_.prepare(kDiscardRead);
    auto const most = owner_.limits_.linger_bytes;
    for (std::size_t discarded = 0; !error && !expired_ && discarded < most;) {
        // With TLS the records as they are: nobody reads them.
        discarded +=
            co_await socket_.tcp().async_read_some(room, asio::redirect_error(use_await, error));
    }
}

HttpConnection::Next HttpConnection::hand_over(Answer granted) {
    // What the stream itself comes to is its own to say; here it is a request that was granted.
    count(granted);
    owner_.handler_.start_stream({.socket = std::move(socket_),
                                  .slot = std::move(slot_),
                                  .read_ahead = std::string{unread()}},
                                 parser_->release(), std::move(granted.response));
    return Next::gone;
}

HttpHeader const* HttpConnection::header() const noexcept {
    auto const& request = parser_->get();
    return request.target().empty() ? nullptr : &request;
}

std::string_view HttpConnection::unread() const noexcept {
    return {static_cast<char const*>(buffer_.cdata().data()), buffer_.size()};
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

HttpConnection::Stage HttpConnection::stage() {
    if (lingering_) return Stage::answered;
    if (answering_) return Stage::answering;
    SystemError ignored;
    bool const silent = !asked_ && socket_.tcp().available(ignored) == 0;
    return silent ? Stage::silent : Stage::asking;
}

void HttpConnection::give_way() {
    abort();
    slot_.give_way();
}

void HttpConnection::end() noexcept {
    ended_ = true;
    socket_.close();
    slot_ = ConnectionSlot{};
    timer_.cancel();
}

/// Deadlines mostly move on, so the timer is left alone unless it would fire too late.
void HttpConnection::set_deadline(Duration from_now) {
    deadline_ = owner_.clock_.now() + from_now;
    expired_ = false;
    auto const until = owner_.clock_.steady(deadline_);
    if (until < watching_) watch(until);
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
    if (owner_.clock_.now(now) >= deadline_) {
        expired_ = true;
        SystemError ignored;
        socket_.tcp().cancel(ignored);
        watch(now + kCancelAgain);
    } else if (deadline_ != PeerTime::max()) {
        watch(owner_.clock_.steady(deadline_));
    }
}

}  // namespace tickcast
