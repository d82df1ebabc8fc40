#include "tickcast/http/http_connections.hpp"

#include "http/http_connection.hpp"
#include "tickcast/base/check.hpp"
#include "tickcast/base/logging.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>

namespace tickcast {

HttpConnections::HttpConnections(Executor executor, Dependencies dependencies, HttpLimits limits)
    : executor_(executor),
      deps_(dependencies),
      limits_(limits),
      emptied_(executor, SteadyTime::max()) {}

HttpConnections::~HttpConnections() {
    TICKCAST_CHECK(connections_.empty(), "HTTP connections outlive their owner: await join()");
}

void HttpConnections::accept(ClientSocket socket, ConnectionSlot slot, bool draining) {
    thread_.check();
    if (slot.dropped()) {
        if (!make_room()) return;
        slot.insist();
    }
    bool const refused = slot.refused();
    SystemError ignored;  // the first read reports a peer that is gone already
    socket.tcp().set_option(asio::ip::tcp::no_delay{true}, ignored);
    auto connection =
        std::make_shared<HttpConnection>(*this, std::move(socket), std::move(slot), draining);
    connections_.insert(connection.get());
    if (refused) refused_.push_back(connection.get());
    if (stopping_) connection->stop();
    asio::co_spawn(executor_, HttpConnection::serve(connection),
                   [this, connection](std::exception_ptr error) { ended(*connection, error); });
}

/// Of the connections past a limit, the oldest that has sent nothing gives way; else one that has
/// its answer; else one whose request is not complete. Where this thread has no such connection,
/// other threads have all the places, and this thread can take one more place.
bool HttpConnections::make_room() {
    if (refused_.empty()) return true;
    using Stage = HttpConnection::Stage;
    auto chosen = refused_.end();
    auto least = Stage::answering;
    for (auto it = refused_.begin(); it != refused_.end() && least != Stage::silent; ++it) {
        auto const stage = (*it)->stage();
        if (stage >= least) continue;
        least = stage;
        chosen = it;
    }
    if (chosen == refused_.end()) return false;
    (*chosen)->give_way();
    refused_.erase(chosen);
    return true;
}

void HttpConnections::ended(HttpConnection& connection, std::exception_ptr error) {
    if (error) log_fault("http_connection_failed", "exception");
    connection.end();
    connections_.erase(&connection);
    std::erase(refused_, &connection);
    if (connections_.empty()) emptied_.cancel();
}

void HttpConnections::log_fault(std::string_view event, std::string_view what) {
    auto const left_out = log_limit_.admit(deps_.clock.steady_now());
    if (!left_out) return;
    logger("http")->error("event={} error=\"{}\" left_out={}", event, what, *left_out);
}

void HttpConnections::log_handshake(SystemError error) {
    auto const left_out = handshake_log_limit_.admit(deps_.clock.steady_now());
    if (!left_out) return;
    logger("http")->debug("event=tls_handshake_failed error=\"{}\" left_out={}", error.message(),
                          *left_out);
}

void HttpConnections::stop() {
    thread_.check();
    if (stopping_) return;
    stopping_ = true;
    for (auto* connection : connections_)
        connection->stop();
}

void HttpConnections::abort() {
    thread_.check();
    stopping_ = true;
    for (auto* connection : connections_)
        connection->abort();
}

Awaitable<> HttpConnections::join() {
    while (!connections_.empty()) {
        SystemError cancelled;
        co_await emptied_.async_wait(asio::redirect_error(use_await, cancelled));
    }
}

}  // namespace tickcast
