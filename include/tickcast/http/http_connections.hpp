// A thread's HTTP connections: starts one for each accepted socket, counts them, ends them at
// shutdown. Owner: a Shard or the AdminServer, on its thread; the owner calls `stop` and
// awaits `join` before it destroys this. Bound: the ConnectionSlots of the caller.
#pragma once

#include "tickcast/base/rate_limit.hpp"
#include "tickcast/base/thread_checker.hpp"
#include "tickcast/http/http_handler.hpp"
#include "tickcast/http/http_limits.hpp"
#include "tickcast/metrics/http_metrics.hpp"
#include "tickcast/runtime/peer_clock.hpp"

#include <exception>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace tickcast {

class HttpConnection;

class HttpConnections {
public:
    /// All outlive this.
    struct Dependencies {
        HttpHandler& handler;
        HttpMetrics& metrics;  ///< by the labels of the handler's routes
        PeerClock& clock;      ///< the clock of this thread
        /// Starts the streams that the handler grants; null if the handler grants none.
        StreamStarter* streams{nullptr};
    };

    HttpConnections(Executor executor, Dependencies dependencies, HttpLimits limits);
    ~HttpConnections();
    HttpConnections(HttpConnections const&) = delete;
    HttpConnections& operator=(HttpConnections const&) = delete;

    /// Serves a socket to its end, or until the socket becomes a stream. After `stop` a new socket
    /// still gets one answer: a client that waited in the listener's queue is not cut off. With a
    /// refused slot, or with `draining`, the first request gets a refusal, and the connection ends.
    /// A dropped slot takes the place of an older refused connection, so that a health request is
    /// answered, however many connections wait.
    void accept(ClientSocket socket, ConnectionSlot slot = {}, bool draining = false);
    /// Closes idle connections; the others finish their answer and close. Idempotent.
    void stop();
    /// Closes all connections at once, answers in progress included.
    void abort();
    /// Returns when the last connection has ended.
    Awaitable<> join();

    std::size_t size() const noexcept { return connections_.size(); }
    bool stopping() const noexcept { return stopping_; }

private:
    friend class HttpConnection;
    bool make_room();
    void ended(HttpConnection& connection, std::exception_ptr error);
    /// Logs a fault of ours, with a limited rate: a client might be able to repeat it.
    void log_fault(std::string_view event, std::string_view what);
    /// Logs a TLS handshake that failed, with a limited rate: every scan of the port causes some.
    void log_handshake(SystemError error);

    Executor executor_;
    Dependencies const deps_;
    HttpLimits const limits_;
    std::unordered_set<HttpConnection*> connections_;
    std::vector<HttpConnection*> refused_;  ///< those that are refused, oldest first
    SteadyTimer emptied_;                   ///< never expires: cancelled to wake `join`
    LogLimiter log_limit_{10, std::chrono::seconds{10}};
    LogLimiter handshake_log_limit_{10, std::chrono::seconds{10}};
    bool stopping_{false};
    ThreadChecker thread_;
};

}  // namespace tickcast
