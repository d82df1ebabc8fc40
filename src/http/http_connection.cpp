#include "http/http_connection.hpp"

#include "tickcast/base/check.hpp"
#include "tickcast/http/fields.hpp"
#include "tickcast/http/response.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/beast/http/span_body.hpp>
#include <boost/beast/http/write.hpp>

#include <algorithm>
#include <utility>

namespace tickcast {

namespace {

constexpr std::size_t kDiscardRead = 65'536;

}  // namespace

HttpConnection::HttpConnection(HttpConnections& owner, ClientSocket socket, ConnectionSlot slot,
                               bool draining)
    : owner_(owner),
      slot_(std::move(slot)),
      socket_(std::move(socket)),
      draining_(draining),
      reader_(owner.limits_.max_header_bytes),
      timer_(socket_.get_executor()) {}

Awaitable<> HttpConnection::serve(std::shared_ptr<HttpConnection> self) {
    auto next = Next::request;
    // A refused connection has one deadline until its answer is out.
    if (self->slot_.refused()) self->set_deadline(self->limits().refused);
    if (self->socket_.is_tls()) next = co_await self->shake_hands();
    while (next == Next::request)
        next = co_await self->serve_request();
    if (next == Next::linger) co_await self->linger();
}

/// A handshake is no request, so a failed one counts as none.
Awaitable<HttpConnection::Next> HttpConnection::shake_hands() {
    phase_ = Phase::shaking_hands;
    set_deadline_unless_refused(stopped_ ? limits().last_call : limits().request);
    auto error = co_await socket_.handshake();
    phase_ = Phase::starting;
    if (!error) co_return Next::request;
    if (deadline_.passed()) error = asio::error::timed_out;
    owner_.log_handshake(error);
    // The client should see our alert: no RST must overtake it.
    co_return error.category() == tls_category() ? Next::linger : Next::close;
}

Awaitable<HttpConnection::Next> HttpConnection::serve_request() {
    bool const begun = co_await wait_for_request();
    if (!begun) co_return Next::close;
    auto step = co_await read_header();
    if (step == Step::done) step = co_await read_body();
    if (step == Step::lost) co_return Next::close;
    phase_ = Phase::answering;
    if (step == Step::refused) {
        co_await write_answer(answer_to(*request_.refusal), false);
        co_return Next::linger;
    }
    deadline_.clear();
    request_.begun = deps().clock.steady_now();
    if (request_.too_often) {
        auto answer = answer_to(*std::move(request_.too_often));
        co_return co_await finish_request(std::move(answer));
    }
    co_return co_await answer_request();
}

Awaitable<HttpConnection::Next> HttpConnection::answer_request() {
    auto const& request = reader_.request();
    Outcome outcome{refusal(ErrorCode::internal, {})};
    std::optional<StreamGrant> granted;
    try {
        auto admitted = deps().handler.admit(request, *request_.routed);
        if (!admitted) {
            outcome = std::move(admitted.error());
        } else if (admitted->stream) {
            granted = std::move(admitted->stream);
        } else {
            outcome = co_await deps().handler.handle(request, *request_.routed, slot_);
        }
    } catch (std::exception const& error) {
        owner_.log_fault("request_failed", error.what());
    }
    if (granted) co_return hand_over(*std::move(granted));
    auto answer = outcome ? *std::move(outcome) : answer_to(outcome.error());
    co_return co_await finish_request(std::move(answer));
}

Awaitable<HttpConnection::Next> HttpConnection::finish_request(Answer answer) {
    bool const keep_alive = reader_.keep_alive() && !owner_.stopping() && !request_.last_answer;
    bool const kept = co_await write_answer(std::move(answer), keep_alive);
    co_return kept ? Next::request : Next::linger;
}

/// The one place where a refusal becomes an answer.
Answer HttpConnection::answer_to(Refusal const& refusal) {
    auto const* header = reader_.header();
    if (!request_.routed) {
        request_.routed = header != nullptr ? deps().handler.route(*header) : Routed{};
    }
    deps().handler.refused(refusal, header, *request_.routed);
    return Answer{.response = problem_response(refusal)};
}

Awaitable<bool> HttpConnection::write_answer(Answer answer, bool keep_alive) {
    auto const& request = reader_.request();
    deps().handler.mark(answer.response, reader_.header());
    finish_answer(answer, Exchange{.wall_us = deps().clock.wall_us(),
                                   .method = reader_.method(),
                                   .version = request.version(),
                                   .keep_alive = keep_alive});
    // Count before the client can see the answer: a client that has the answer finds it counted,
    // and the time that a slow client takes is not measured.
    count(answer.response.result_int());
    auto const size = std::max(answer.shared_body.size(), answer.response.body().size());
    set_deadline_unless_refused(limits().write_time(size));
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

HttpConnection::Next HttpConnection::hand_over(StreamGrant grant) {
    TICKCAST_CHECK(deps().streams != nullptr, "a stream was granted where there are none");
    deps().handler.mark(grant.head, reader_.header());
    // The stream itself reports how it ends. For HTTP this request was granted.
    count(grant.head.result_int());
    deps().streams->start_stream({.socket = std::move(socket_),
                                  .slot = std::move(slot_),
                                  .read_ahead = std::string{reader_.unread()}},
                                 reader_.release(), std::move(grant));
    return Next::gone;
}

void HttpConnection::count(unsigned status) noexcept {
    auto const took = deps().clock.steady_now() - request_.begun;
    deps().metrics.answered(request_.routed->label, method_label(reader_.request().method()),
                            status, Duration{took}.count());
}

/// A close with unread bytes would reset the connection, and the client might never see our answer:
/// most clients read it only after they have sent all their bytes. Each read is a separate turn of
/// the loop.
Awaitable<> HttpConnection::linger() {
    SystemError error;
    phase_ = Phase::lingering;
    set_deadline(limits().linger);
    co_await socket_.finish_output();
    reader_.discard();  // a body that was refused half-way can be large
    auto const room = reader_.prepare(kDiscardRead);
    auto const most = limits().linger_bytes;
    for (std::size_t discarded = 0; !error && !deadline_.passed() && discarded < most;) {
        // With TLS these are the encrypted records: they are discarded.
        discarded +=
            co_await socket_.tcp().async_read_some(room, asio::redirect_error(use_await, error));
    }
}

void HttpConnection::stop() {
    stopped_ = true;
    if (phase_ != Phase::idle && phase_ != Phase::shaking_hands) return;
    set_deadline(asked_ ? Duration{0} : limits().last_call);
}

void HttpConnection::abort() {
    stopped_ = true;
    SystemError ignored;
    socket_.tcp().close(ignored);
}

HttpConnection::Stage HttpConnection::stage() {
    if (phase_ == Phase::lingering) return Stage::answered;
    if (phase_ == Phase::answering) return Stage::answering;
    SystemError ignored;
    bool const silent = !asked_ && socket_.tcp().available(ignored) == 0;
    return silent ? Stage::silent : Stage::asking;
}

void HttpConnection::give_way() {
    abort();
    slot_.give_way();
}

void HttpConnection::end() noexcept {
    phase_ = Phase::ended;
    socket_.close();
    slot_ = ConnectionSlot{};
    timer_.cancel();
}

void HttpConnection::set_deadline(Duration from_now) {
    if (auto const until = deadline_.set(from_now, deps().clock)) watch(*until);
}

void HttpConnection::watch(SteadyTime until) {
    timer_.expires_at(until);
    timer_.async_wait([self = shared_from_this()](SystemError error) {
        if (!error && self->phase_ != Phase::ended) self->on_watch();
    });
}

void HttpConnection::on_watch() {
    auto const look = deadline_.timer_fired(deps().clock);
    if (look.passed) {
        SystemError ignored;
        socket_.tcp().cancel(ignored);
    }
    if (look.next) watch(*look.next);
}

}  // namespace tickcast
