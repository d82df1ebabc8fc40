// Listening sockets and the accept loop. Owner: app/Shard or app/AdminServer, on the thread
// of its loop; the owner calls `stop` and keeps the Listener until `run` has returned. Bound: the
// kernel's accept queue (kBacklog, limited by net.core.somaxconn).
#pragma once

#include "tickcast/base/rate_limit.hpp"
#include "tickcast/base/result.hpp"
#include "tickcast/base/thread_checker.hpp"
#include "tickcast/runtime/executor.hpp"
#include "tickcast/runtime/peer_clock.hpp"
#include "tickcast/transport/client_socket.hpp"
#include "tickcast/transport/tls_context.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace tickcast {

/// A spike of 1,500 simultaneous connects fits. The kernel limits it to net.core.somaxconn (4096 by
/// default).
inline constexpr int kBacklog = 4096;

/// Which other listeners may have the same port.
enum class PortSharing : std::uint8_t {
    none,   ///< no other listener; fails if the port is in use
    first,  ///< fails if the port is in use, then lets `next` ones join (the first shard)
    next,   ///< joins listeners on the same port (SO_REUSEPORT: the other shards, --reuse-port)
};

/// Opens, binds and listens. Port 0 chooses a free port (see local_endpoint). The error is one line
/// with the address and the reason. Start-up only: resolving a host name may block.
Result<TcpAcceptor, std::string> open_listener(Executor executor, std::string const& host,
                                               std::uint16_t port, PortSharing sharing);

/// "http://ADDR:PORT", or https with TLS; IPv6 in brackets.
std::string listener_url(asio::ip::tcp::endpoint const& endpoint, bool tls = false);

class Listener {
public:
    /// `on_socket` gets every accepted socket, on the listener's thread. `clock` is that of its
    /// loop. With `tls` each socket has a TLS session before its handshake. Both outlive the
    /// listener.
    Listener(TcpAcceptor acceptor, PeerClock const& clock,
             std::function<void(ClientSocket)> on_socket, TlsContext const* tls = nullptr);

    /// The accept loop; the owner spawns it once. No error ends it, only `stop`.
    Awaitable<> run();
    /// Hands over all sockets of the accept queue, then closes. Idempotent.
    void stop();

    asio::ip::tcp::endpoint local_endpoint() const noexcept { return endpoint_; }

private:
    void give(TcpSocket socket);
    Awaitable<> back_off(SystemError error);
    /// Hands over sockets of the accept queue, `most` at most; stops at an error, which the waiting
    /// accept then gets.
    void accept_queued(int most);

    TcpAcceptor acceptor_;
    asio::ip::tcp::endpoint const endpoint_;
    PeerClock const& clock_;
    std::function<void(ClientSocket)> on_socket_;
    TlsContext const* const tls_;
    SteadyTimer pause_;
    LogLimiter log_limit_{1, std::chrono::seconds{5}};
    bool stopping_{false};
    ThreadChecker thread_;
};

}  // namespace tickcast
