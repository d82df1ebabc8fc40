// The deadline at which a drain is cut off. It counts in steady time; but after a pause, in which
// no client could be notified or heard, the clients still get their time to answer. A value.
#pragma once

#include "tickcast/base/clock.hpp"
#include "tickcast/runtime/peer_clock.hpp"

#include <algorithm>

namespace tickcast {

class DrainDeadline {
public:
    DrainDeadline() = default;
    /// Streams are closed from `now` on, spread over the time `over`; then the last stream has
    /// `grace` to answer.
    DrainDeadline(SteadyTime now, PeerClock& peers, Duration over, Duration grace) noexcept
        : grace_(grace), at_(now + over + grace), for_peers_(peers.now(now) + over + grace) {}

    SteadyTime at() const noexcept { return at_; }
    /// Called at `at`: true if a pause has moved the deadline to a later time.
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
