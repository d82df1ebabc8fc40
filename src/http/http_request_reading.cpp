// How a connection reads its requests, and which requests it refuses before a handler sees them.
#include "http/http_connection.hpp"
#include "tickcast/http/refusals.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>

#include <sstream>
#include <utility>

namespace tickcast {

namespace {

constexpr std::size_t kHeaderRead = 4096;  // most requests come in one piece of this size
constexpr std::size_t kBodyRead = 65'536;

}  // namespace

Awaitable<bool> HttpConnection::wait_for_request() {
    if (!reader_.has_next()) {
        if (stopped_ && asked_) co_return false;
        reader_.shrink();
        phase_ = Phase::idle;
        set_deadline_unless_refused(stopped_ ? limits().last_call : limits().idle);
        SystemError error;
        while (!error && !reader_.has_next())
            error = co_await read_more(kHeaderRead);
        if (error) co_return false;
    }
    phase_ = Phase::reading;
    asked_ = true;
    request_ = Request{.begun = deps().clock.steady_now()};
    set_deadline_unless_refused(limits().request);
    auto taken = slot_.count_request(deps().clock.waiting_since(request_.begun));
    if (!taken) request_.too_often = std::move(taken.error());
    reader_.begin();
    co_return true;
}

Awaitable<HttpConnection::Step> HttpConnection::read_header() {
    for (;;) {
        auto const progress = reader_.read_header();
        if (!progress) co_return refuse(progress.error());
        if (*progress == RequestReader::Progress::done) co_return header_read();
        auto const error = co_await read_more(kHeaderRead);
        if (error) co_return refuse_read(error);
    }
}

HttpConnection::Step HttpConnection::header_read() {
    auto const& routed = request_.routed.emplace(deps().handler.route(reader_.request()));
    bool const turned_away = slot_.refused() || draining_;
    // A request of a load balancer is answered where others are refused: a limit says nothing about
    // health.
    if ((turned_away || request_.too_often) && routed.facts.answered_always &&
        !reader_.has_body()) {
        request_.too_often.reset();
        request_.last_answer = true;
        return Step::done;
    }
    if (turned_away) return refuse(slot_.refused() ? *slot_.refusal() : draining_error());
    return Step::done;
}

Awaitable<HttpConnection::Step> HttpConnection::read_body() {
    using Progress = RequestReader::Progress;
    auto progress = reader_.begin_body(request_.routed->body_limit);
    bool const waits = progress && *progress == Progress::unfinished && reader_.unread().empty() &&
                       reader_.expects_continue();
    if (waits) {
        auto const step = co_await continue_body();
        if (step != Step::done) co_return step;
    }
    while (progress && *progress == Progress::unfinished) {
        progress = reader_.read_body();
        if (!progress || *progress == Progress::done) break;
        auto const error = co_await read_more(kBodyRead);
        if (error) co_return refuse_read(error);
    }
    if (!progress) co_return refuse(progress.error());
    co_return Step::done;
}

Awaitable<HttpConnection::Step> HttpConnection::continue_body() {
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    auto const admitted = deps().handler.admit(reader_.request(), *request_.routed);
    if (!admitted) {
        request_.refusal = admitted.error();
        co_return Step::refused;
    }
    if (request_.too_often) co_return refuse(*std::move(request_.too_often));
    SystemError error;
    co_await asio::async_write(socket_, asio::buffer(kContinue),
                               asio::redirect_error(use_await, error));
    co_return error ? Step::lost : Step::done;
}

Awaitable<SystemError> HttpConnection::read_more(std::size_t size) {
    SystemError error = asio::error::timed_out;
    if (deadline_.passed()) co_return error;
    auto const room = reader_.prepare(size);
    auto const received =
        co_await socket_.async_read_some(room, asio::redirect_error(use_await, error));
    reader_.commit(received);
    if (error && deadline_.passed()) error = asio::error::timed_out;
    co_return error;
}

/// A request with a body that is too large might be refused by its header anyway.
HttpConnection::Step HttpConnection::refuse(Error error) {
    request_.refusal = std::move(error);
    if (request_.refusal->error.code == ErrorCode::body_too_large) {
        auto const admitted = deps().handler.admit(reader_.request(), *request_.routed);
        if (!admitted) request_.refusal = admitted.error();
    }
    return Step::refused;
}

HttpConnection::Step HttpConnection::refuse_read(SystemError error) {
    if (error == asio::error::timed_out && slot_.refused()) return refuse(*slot_.refusal());
    if (error == asio::error::timed_out) {
        std::ostringstream detail;
        detail << "the request did not end within request-timeout-seconds, "
               << std::chrono::duration<double>{limits().request}.count();
        return refuse({.code = ErrorCode::request_timeout, .detail = detail.str()});
    }
    if (error == asio::error::eof) {
        return refuse(
            {.code = ErrorCode::bad_request, .detail = "the connection ended within the request"});
    }
    return Step::lost;
}

}  // namespace tickcast
