#include "net/peer_watch.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <netinet/tcp.h>

namespace tickcast {

namespace {

/// Linux takes no more for TCP_KEEPIDLE and TCP_KEEPINTVL (MAX_TCP_KEEPIDLE, in seconds).
constexpr int kMostKeepAlive = 32'767;
constexpr int kMostMilliseconds = std::numeric_limits<int>::max();  // of TCP_USER_TIMEOUT

void set(TcpSocket& tcp, int option, double value, int most) noexcept {
    auto const whole =
        static_cast<int>(std::clamp(std::ceil(value), 1.0, static_cast<double>(most)));
    ::setsockopt(tcp.native_handle(), IPPROTO_TCP, option, &whole, sizeof whole);
}

}  // namespace

void watch_peer(TcpSocket& tcp, Settings const& settings) noexcept {
    SystemError ignored;
    tcp.set_option(asio::socket_base::keep_alive{true}, ignored);
    set(tcp, TCP_KEEPIDLE, settings.ping_seconds, kMostKeepAlive);
    set(tcp, TCP_KEEPINTVL, settings.ping_seconds, kMostKeepAlive);
    set(tcp, TCP_USER_TIMEOUT, settings.peer_timeout_seconds * 1000, kMostMilliseconds);
}

}  // namespace tickcast
