// The one deadline of a connection, in the peers' time (decision 16), and when the connection's
// timer has to look at it. A value: the connection has the timer, and cancels what is too late.
#pragma once

#include "tickcast/base/clock.hpp"
#include "tickcast/runtime/peer_clock.hpp"

#include <optional>

namespace tickcast {

class Deadline {
public:
    /// An operation that was just finishing escapes a cancel, and the next one would be without a
    /// deadline: a deadline that has passed is looked at again after so long.
    static constexpr Duration kCancelAgain = std::chrono::milliseconds{50};

    /// From now on the time is `from_now`. Gives when the timer is to fire, where it would fire too
    /// late; deadlines mostly move on, so that it is mostly left alone.
    std::optional<SteadyTime> set(Duration from_now, PeerClock& clock) noexcept;
    /// There is none any more.
    void clear() noexcept { at_ = PeerTime::max(); }
    /// What `set` gave has been too long.
    bool passed() const noexcept { return passed_; }

    struct Look {
        bool passed{false};                ///< what waits is to be cancelled
        std::optional<SteadyTime> next{};  ///< when the timer is to fire again
    };
    /// The timer fired.
    Look timer_fired(PeerClock& clock) noexcept;

private:
    PeerTime at_{PeerTime::max()};
    SteadyTime watching_{SteadyTime::max()};  ///< when the timer fires
    bool passed_{false};
};

}  // namespace tickcast
