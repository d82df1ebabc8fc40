// The least time between two frames of ticks to a client, and from a snapshot to the first
// (`throttle_ms`). A value.
#pragma once

#include "tickcast/base/clock.hpp"

namespace tickcast {

class Throttle {
public:
    /// `last`: the last such frame; SteadyTime::min() where there was none.
    Throttle(Duration interval, SteadyTime last) noexcept : interval_(interval), last_(last) {}

    Duration interval() const noexcept { return interval_; }
    /// When ticks may go again.
    SteadyTime next() const noexcept { return last_ + interval_; }
    bool allows(SteadyTime now) const noexcept { return now >= next(); }
    /// The first byte of ticks or of a snapshot was taken.
    void passed(SteadyTime now) noexcept { last_ = now; }
    SteadyTime last() const noexcept { return last_; }

private:
    Duration interval_;
    SteadyTime last_;
};

}  // namespace tickcast
