// How much later than planned a replay's turn comes, and how much of that a pause of the process
// explains (decision 16). Pure: given the times. One thread.
#pragma once

#include "tickcast/base/clock.hpp"

namespace tickcast {

class LateTurn {
public:
    /// `left_out`: the clock's, now.
    explicit LateTurn(Duration left_out) noexcept : left_out_(left_out) {}

    /// The next turn is planned for then.
    void planned(SteadyTime at) noexcept { planned_ = at; }
    /// The turn that comes now is so late that there may have been a pause. On waking it may come
    /// before the turn of the clock, which then knows of no pause yet: this turn should do nothing
    /// but queue another one, for which it was planned as well, and which comes after the clock's.
    bool gives_way(SteadyTime now) noexcept;
    /// By how much later than planned the turn comes because of a pause; 0 if there was none since
    /// the last call.
    Duration paused(SteadyTime now, Duration left_out) noexcept;

private:
    SteadyTime planned_{};
    Duration left_out_;     ///< the clock's, at the last look
    bool gave_way_{false};  ///< the last turn did
};

}  // namespace tickcast
