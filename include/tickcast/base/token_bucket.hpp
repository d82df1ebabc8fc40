// A rate limit: so many tokens a second, and a burst that may come at once. Time is passed in.
// One owner at a time; a value member of whatever is limited. Bound: the burst.
#pragma once

#include "tickcast/base/clock.hpp"

#include <algorithm>

namespace tickcast {

/// All it has to remember is when it will be full again: each token that is missing until then puts
/// that off by the time that one takes.
class TokenBucket {
public:
    /// Full, and has always been: what waited before it was made counts as well. `per_second` and
    /// `burst` are in tokens, both more than 0.
    TokenBucket(double per_second, double burst) noexcept
        : token_time_(from_seconds(1 / per_second)),
          burst_time_(
              static_cast<Duration::rep>(burst * static_cast<double>(token_time_.count()))) {}

    /// Takes one token; false if there is none.
    bool take(SteadyTime now) noexcept { return take(now, now); }
    /// The same for what may have come at any time since `since`, and could only not be looked at:
    /// what was refilled meanwhile counts beyond the burst.
    bool take(SteadyTime now, SteadyTime since) noexcept {
        auto const full_at = std::max(full_at_, since) + token_time_;
        if (full_at - now > burst_time_) return false;
        full_at_ = full_at;
        return true;
    }
    bool full(SteadyTime now) const noexcept { return now >= full_at_; }
    /// Nothing was ever taken.
    bool fresh() const noexcept { return full_at_ == SteadyTime::min(); }

private:
    Duration token_time_;
    Duration burst_time_;  ///< of all its tokens
    SteadyTime full_at_{SteadyTime::min()};
};

}  // namespace tickcast
