// A rate limit: so many tokens per second, and a burst that may be used at once. The caller passes
// the time in. A value member of the object that is limited; one thread at a time. Bound: the
// burst.
#pragma once

#include "tickcast/base/clock.hpp"

#include <algorithm>

namespace tickcast {

/// The only state is the time at which the bucket is full again. Each token spent moves that time
/// later by the refill time of one token.
class TokenBucket {
public:
    /// Full, as if it had always existed: a request that waited since before the bucket was made is
    /// counted in the same way. `per_second` and `burst` are in tokens, both more than 0.
    TokenBucket(double per_second, double burst) noexcept
        : token_time_(from_seconds(1 / per_second)),
          burst_time_(
              static_cast<Duration::rep>(burst * static_cast<double>(token_time_.count()))) {}

    /// Spends one token; false if there is none.
    bool spend(SteadyTime now) noexcept { return spend(now, now); }
    /// The same for a request that may have arrived at any time since `since` but could not be read
    /// earlier: the tokens refilled since then count in addition to the burst.
    bool spend(SteadyTime now, SteadyTime since) noexcept {
        auto const full_at = std::max(full_at_, since) + token_time_;
        if (full_at - now > burst_time_) return false;
        full_at_ = full_at;
        return true;
    }
    bool full(SteadyTime now) const noexcept { return now >= full_at_; }
    /// Nothing was ever spent.
    bool fresh() const noexcept { return full_at_ == SteadyTime::min(); }

private:
    Duration token_time_;
    Duration burst_time_;  ///< of all its tokens
    SteadyTime full_at_{SteadyTime::min()};
};

}  // namespace tickcast
