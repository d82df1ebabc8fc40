// Detects a lost peer on connections without pings: the kernel probes the peer, and fails the
// socket when no answer comes (CONTRACT SSE-12). A function; on the socket's thread.
#pragma once

#include "tickcast/config/settings.hpp"

namespace tickcast {

/// Turns on keep-alive probes every --ping-seconds (whole seconds) while nothing is sent, and a
/// failure (ETIMEDOUT) once the peer has acknowledged nothing for --peer-timeout-seconds. Sent data
/// (heartbeats at least) is a probe too.
void watch_peer(int socket, Settings const& settings) noexcept;

}  // namespace tickcast
