// For how long a client's input may have waited unread because an earlier message of it had to
// wait for its turn. What arrived meanwhile is read in one go, and is no flood. A value; owner: a
// WebSocketStream, on its shard's thread.
#pragma once

#include "tickcast/base/clock.hpp"

#include <algorithm>
#include <chrono>

namespace tickcast {

class HeldInput {
public:
    /// A message waits: nothing behind it is read.
    void held(SteadyTime now) noexcept {
        waited_ = still(now);
        at_ = now;
    }
    /// It waits no more: reading goes on.
    void released(SteadyTime now) noexcept {
        waited_ += now - at_;
        at_ = now;
    }
    /// The earliest time since which input that is read now may have waited. Reading takes no
    /// longer than the waiting did; until then it lies before `now` by the length of the waiting.
    SteadyTime waiting_since(SteadyTime now) const noexcept {
        return now - at_ < std::max(waited_, kLeastReading) ? now - waited_ : now;
    }

private:
    static constexpr Duration kLeastReading = std::chrono::seconds{1};

    /// What was held before might still be unread.
    Duration still(SteadyTime now) const noexcept {
        return std::max(waited_ - (now - at_), Duration{0});
    }

    Duration waited_{0};
    SteadyTime at_{};  ///< of the last change
};

}  // namespace tickcast
