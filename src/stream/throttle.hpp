// The least time between two frames of ticks to a client, and from a snapshot to the next frame of
// ticks (`throttle_ms`). A value. Owner: a StreamOutput that has a throttle, on the shard's thread.
#pragma once

#include "tickcast/base/clock.hpp"

namespace tickcast {

class Throttle {
public:
    /// `last`: the time of the last frame of ticks or snapshot; SteadyTime::min() where there was
    /// none.
    Throttle(Duration interval, SteadyTime last) noexcept : interval_(interval), last_(last) {}

    Duration interval() const noexcept { return interval_; }
    /// The time from which on ticks can go again.
    SteadyTime next() const noexcept { return last_ + interval_; }
    bool allows(SteadyTime now) const noexcept { return now >= next(); }
    /// The kernel took the first byte of a frame of ticks or of a snapshot.
    void passed(SteadyTime now) noexcept { last_ = now; }
    SteadyTime last() const noexcept { return last_; }

private:
    Duration interval_;
    SteadyTime last_;
};

}  // namespace tickcast
