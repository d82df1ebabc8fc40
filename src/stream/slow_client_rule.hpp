// Whether a client takes what waits for it (CONTRACT.md, Delivery). A value, in the peers' time:
// pauses of this process are nobody's fault. One per stream; its StreamConnection's.
#pragma once

#include "tickcast/base/clock.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace tickcast {

class SlowClientRule {
public:
    /// A client for which something has waited as long is a slow one (CONTRACT MET-22).
    static constexpr Duration kSlowAfter = std::chrono::seconds{1};

    /// Something waits for the kernel. False if something did already.
    bool begin_waiting(PeerTime now) noexcept {
        if (is_waiting()) return false;
        waiting_since_ = last_taken_ = now;
        return true;
    }
    /// The kernel took bytes of what waits.
    void bytes_taken(PeerTime now) noexcept { last_taken_ = now; }
    /// Nothing waits any more. True if the client was a slow one.
    bool end_waiting() noexcept {
        waiting_since_ = PeerTime::max();
        return std::exchange(slow_, false);
    }
    bool is_waiting() const noexcept { return waiting_since_ != PeerTime::max(); }

    /// True once: the client is a slow one from now on.
    bool becomes_slow(PeerTime now) noexcept {
        if (slow_ || !is_waiting() || now - waiting_since_ < kSlowAfter) return false;
        slow_ = true;
        return true;
    }
    /// No byte was taken for `most` while something waited.
    bool is_too_slow(PeerTime now, Duration most) const noexcept {
        return is_waiting() && now - last_taken_ >= most;
    }
    /// When one of the two may be true next, if no byte is taken; PeerTime::max() where nothing
    /// waits.
    PeerTime next_look(Duration most) const noexcept {
        if (!is_waiting()) return PeerTime::max();
        auto const too_slow = last_taken_ + most;
        return slow_ ? too_slow : std::min(too_slow, waiting_since_ + kSlowAfter);
    }

private:
    PeerTime waiting_since_{PeerTime::max()};
    PeerTime last_taken_{};  ///< meaningless while nothing waits
    bool slow_{false};
};

}  // namespace tickcast
