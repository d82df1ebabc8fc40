// The one deadline of a connection, in the peers' time (decision 16), and the time at which the
// connection's timer must check it. A value; the connection has the timer, and cancels an operation
// that is too late. Owner: the HttpConnection, on its thread.
#pragma once

#include "tickcast/base/clock.hpp"
#include "tickcast/runtime/peer_clock.hpp"

#include <optional>

namespace tickcast {

class Deadline {
public:
    /// A cancel does not stop an operation that has just finished, and the next operation would
    /// have no deadline. So a deadline that has passed is checked again after this time.
    static constexpr Duration kCancelAgain = std::chrono::milliseconds{50};

    /// Sets the deadline to `from_now` after now. Returns a time only if the timer would fire too
    /// late: the caller must then set the timer to this time. Mostly a deadline moves later, and
    /// the timer stays.
    std::optional<SteadyTime> set(Duration from_now, PeerClock& clock) noexcept;
    /// Removes the deadline.
    void clear() noexcept { at_ = PeerTime::max(); }
    /// Whether the deadline of the last `set` has passed.
    bool passed() const noexcept { return passed_; }

    struct Look {
        bool passed{false};                ///< the caller must cancel the operation that waits
        std::optional<SteadyTime> next{};  ///< when the timer must fire again
    };
    /// Called when the timer has fired.
    Look timer_fired(PeerClock& clock) noexcept;

private:
    PeerTime at_{PeerTime::max()};
    SteadyTime watching_{SteadyTime::max()};  ///< when the timer fires
    bool passed_{false};
};

}  // namespace tickcast
