// A thread's HTTP connections: starts one for each accepted socket, counts them, ends them at
// shutdown. One thread. The owner calls `stop` and awaits `join` before it goes.
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
        PeerClock& clock;      ///< the thread's
        /// Where granted streams go; null where the handler grants none.
        StreamStarter* streams{nullptr};
    };

    HttpConnections(Executor executor, Dependencies dependencies, HttpLimits limits);
    ~HttpConnections();
    HttpConnections(HttpConnections const&) = delete;
    HttpConnections& operator=(HttpConnections const&) = delete;

    /// Serves a socket to its end, or to its hand-over as a stream. After `stop` it still answers
    /// one request of it: what the listener's queue held is not cut off. A slot that is refused
    /// makes that the answer to the first request, and the last; so does `draining`. One that is
    /// dropped takes the place of another that was refused: a request for the health is
    /// answered, however many wait.
    void accept(ClientSocket socket, ConnectionSlot slot = {}, bool draining = false);
    /// Closes idle connections; the others finish their answer and close. Idempotent.
    void stop();
    /// Closes all at once, answers in progress included.
    void abort();
    /// Returns when the last connection has ended.
    Awaitable<> join();

    std::size_t size() const noexcept { return connections_.size(); }
    bool stopping() const noexcept { return stopping_; }

private:
    friend class HttpConnection;
    bool make_room();
    void ended(HttpConnection& connection, std::exception_ptr error);
    /// A fault of ours, which a client may know how to repeat.
    void log_fault(std::string_view event, std::string_view what);
    /// A TLS handshake that failed: whatever scans the port does that.
    void log_handshake(SystemError error);

    Executor executor_;
    Dependencies const deps_;
    HttpLimits const limits_;
    std::unordered_set<HttpConnection*> connections_;
    std::vector<HttpConnection*> refused_;  ///< of these, oldest first
    SteadyTimer emptied_;                   ///< never expires: cancelled to wake `join`
    LogLimiter log_limit_{10, std::chrono::seconds{10}};
    LogLimiter handshake_log_limit_{10, std::chrono::seconds{10}};
    bool stopping_{false};
    ThreadChecker thread_;
};

}  // namespace tickcast
