// A rate limit: so many tokens a second, and a burst that may come at once. Time is passed in.
// One owner at a time; a value member of whatever is limited. Bound: the burst.
#pragma once

#include "tickcast/base/clock.hpp"

#include <algorithm>
#include <chrono>

namespace tickcast {

class TokenBucket {
public:
    /// Full at the start. `per_second` and `burst` are in tokens, both more than 0.
    TokenBucket(double per_second, double burst, SteadyTime now) noexcept
        : per_second_(per_second), burst_(burst), tokens_(burst), filled_(now) {}

    /// Takes one token; false if there is none.
    bool take(SteadyTime now) noexcept {
        fill(now);
        if (tokens_ < 1) return false;
        tokens_ -= 1;
        return true;
    }
    /// As it was at the start: who is full need not be remembered.
    bool full(SteadyTime now) noexcept {
        fill(now);
        return tokens_ >= burst_;
    }

private:
    void fill(SteadyTime now) noexcept {
        if (now <= filled_) return;
        auto const seconds = std::chrono::duration<double>{now - filled_}.count();
        tokens_ = std::min(burst_, tokens_ + seconds * per_second_);
        filled_ = now;
    }

    double per_second_;
    double burst_;
    double tokens_;
    SteadyTime filled_;
};

}  // namespace tickcast
