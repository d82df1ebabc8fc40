// Whether a peer that is never asked anything is still there: the kernel asks, and gives up for us
// (CONTRACT SSE-12).
#pragma once

#include "tickcast/config/settings.hpp"

namespace tickcast {

/// Keep-alive every --ping-seconds (whole ones) where nothing was sent; a failure (ETIMEDOUT) once
/// nothing was acknowledged for --peer-timeout-seconds. What was sent (heartbeats at least) counts
/// as a question too.
void watch_peer(int socket, Settings const& settings) noexcept;

}  // namespace tickcast
