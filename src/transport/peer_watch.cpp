#include "tickcast/transport/peer_watch.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace tickcast {

namespace {

/// The highest value that Linux accepts for TCP_KEEPIDLE and TCP_KEEPINTVL (MAX_TCP_KEEPIDLE, in
/// seconds).
constexpr int kMostKeepAlive = 32'767;
constexpr int kMostMilliseconds = std::numeric_limits<int>::max();  // of TCP_USER_TIMEOUT

void set(int socket, int option, double value, int most) noexcept {
    auto const whole =
        static_cast<int>(std::clamp(std::ceil(value), 1.0, static_cast<double>(most)));
    ::setsockopt(socket, IPPROTO_TCP, option, &whole, sizeof whole);
}

}  // namespace

void watch_peer(int socket, Settings const& settings) noexcept {
    int const on = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    set(socket, TCP_KEEPIDLE, settings.ping_seconds, kMostKeepAlive);
    set(socket, TCP_KEEPINTVL, settings.ping_seconds, kMostKeepAlive);
    set(socket, TCP_USER_TIMEOUT, settings.peer_timeout_seconds * 1000, kMostMilliseconds);
}

}  // namespace tickcast
