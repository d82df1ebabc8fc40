// When a drain is cut off. By the clock; but clients that nobody could notify or hear while the
// process stood still get their time to answer. A value.
#pragma once

#include "tickcast/base/clock.hpp"
#include "tickcast/runtime/peer_clock.hpp"

#include <algorithm>

namespace tickcast {

class DrainDeadline {
public:
    DrainDeadline() = default;
    /// Streams are closed from `now` on, `over` that time; then the last has `grace` to answer.
    DrainDeadline(SteadyTime now, PeerClock& peers, Duration over, Duration grace) noexcept
        : grace_(grace), at_(now + over + grace), for_peers_(peers.now(now) + over + grace) {}

    SteadyTime at() const noexcept { return at_; }
    /// At that time. True if it is later now, because of a pause.
    bool put_off(SteadyTime now, PeerClock& peers) noexcept {
        if (peers.now(now) >= for_peers_) return false;
        auto const answered = std::min(peers.woke() + grace_, peers.steady(for_peers_));
        if (answered <= at_) return false;
        at_ = answered;
        return true;
    }

private:
    Duration grace_{};
    SteadyTime at_{};
    PeerTime for_peers_{};
};

}  // namespace tickcast
