// Finds how late a replay's turn is because of a pause of the process (decision 16). A value; the
// caller passes the times in. Owner: the ReplayFeed; control thread.
#pragma once

#include "tickcast/base/clock.hpp"

namespace tickcast {

class LateTurn {
public:
    /// `left_out`: Clock::left_out now.
    explicit LateTurn(Duration left_out) noexcept : left_out_(left_out) {}

    /// Notes the time for which the next turn is planned.
    void planned(SteadyTime at) noexcept { planned_ = at; }
    /// The current turn is so late that there may have been a pause. After a pause it may run
    /// before the clock's own tick, so that the clock does not know of the pause yet. This turn
    /// should then only queue another turn, with the same planned time, which runs after the
    /// clock's tick.
    bool gives_way(SteadyTime now) noexcept;
    /// How much later than planned the turn comes because of a pause; 0 if there was no pause since
    /// the last call.
    Duration paused(SteadyTime now, Duration left_out) noexcept;

private:
    SteadyTime planned_{};
    Duration left_out_;     ///< Clock::left_out at the last call
    bool gave_way_{false};  ///< the last turn gave way
};

}  // namespace tickcast
