// A thread's HTTP connections: starts one for each accepted socket, counts them, ends them at
// shutdown. One thread. The owner calls `stop` and awaits `join` before it goes.
#pragma once

#include "tickcast/base/clock.hpp"
#include "tickcast/base/rate_limit.hpp"
#include "tickcast/base/thread_checker.hpp"
#include "tickcast/config/settings.hpp"
#include "tickcast/http/http_types.hpp"
#include "tickcast/metrics/shard_metrics.hpp"
#include "tickcast/runtime/peer_clock.hpp"

#include <exception>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace tickcast {

class HttpConnection;

struct HttpLimits {
    std::size_t max_header_bytes{16'384};  ///< request line to the empty line, both included
    /// From a request's first byte to its last, and for the TLS handshake before them all.
    Duration request{std::chrono::seconds{10}};
    /// From an answer, or the connection's begin, to a request's first byte. More than the 60 s
    /// that common proxies keep their upstream connections, so that they close first and no request
    /// is lost.
    Duration idle{std::chrono::seconds{75}};
    /// From the begin of a connection past a limit to the end of its request: it only waits for its
    /// refusal, and takes one of few places (AddressQuotas::kMaxRefusing; one per thread more).
    Duration refused{std::chrono::seconds{2}};
    Duration write{std::chrono::seconds{30}};  ///< for one whole answer, and
    std::size_t write_rate{16'384};            ///< a second more for each so many bytes of its body
    /// For the client to see the last answer, and no RST. Many clients send a refused body to its
    /// end first: it is read on for so long, and to so many bytes (CONTRACT REQ-14).
    Duration linger{std::chrono::seconds{2}};
    std::size_t linger_bytes{std::size_t{16} << 20};
    /// What a connection that has asked nothing yet gets at shutdown (its request may be on the
    /// way).
    Duration last_call{std::chrono::seconds{1}};

    static HttpLimits from(Settings const& settings);
    Duration write_time(std::size_t body_bytes) const noexcept {
        return write + std::chrono::seconds{body_bytes / write_rate};
    }
};

class HttpConnections {
public:
    /// Handler, metrics and the thread's clock outlive this.
    HttpConnections(Executor executor, HttpHandler& handler, HttpMetrics& metrics,
                    HttpLimits limits, PeerClock& clock);
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
    HttpHandler& handler_;
    HttpMetrics& metrics_;
    HttpLimits const limits_;
    PeerClock& clock_;
    std::unordered_set<HttpConnection*> connections_;
    std::vector<HttpConnection*> refused_;  ///< of these, oldest first
    SteadyTimer emptied_;                   ///< never expires: cancelled to wake `join`
    LogLimiter log_limit_{10, std::chrono::seconds{10}};
    LogLimiter handshake_log_limit_{10, std::chrono::seconds{10}};
    bool stopping_{false};
    ThreadChecker thread_;
};

}  // namespace tickcast
