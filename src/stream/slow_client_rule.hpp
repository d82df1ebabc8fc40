// Judges whether a client takes the frames that wait for it (CONTRACT.md, Delivery). A value, in
// the peers' time: no client is blamed for a pause of this process. Owner: the StreamOutput of its
// stream, on the shard's thread.
#pragma once

#include "tickcast/base/clock.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace tickcast {

class SlowClientRule {
public:
    /// A client is slow once something has waited for it for this time (CONTRACT MET-22).
    static constexpr Duration kSlowAfter = std::chrono::seconds{1};

    /// Something begins to wait for the kernel. False if something waited already.
    bool begin_waiting(PeerTime now) noexcept {
        if (is_waiting()) return false;
        waiting_since_ = last_taken_ = now;
        return true;
    }
    /// The kernel took bytes that waited.
    void bytes_taken(PeerTime now) noexcept { last_taken_ = now; }
    /// Nothing waits any more. True if the client was slow.
    bool end_waiting() noexcept {
        waiting_since_ = PeerTime::max();
        return std::exchange(slow_, false);
    }
    bool is_waiting() const noexcept { return waiting_since_ != PeerTime::max(); }

    /// True once: the client is slow from now on.
    bool becomes_slow(PeerTime now) noexcept {
        if (slow_ || !is_waiting() || now - waiting_since_ < kSlowAfter) return false;
        slow_ = true;
        return true;
    }
    /// Something has waited for the time `most`, and the kernel took no byte in that time.
    bool is_too_slow(PeerTime now, Duration most) const noexcept {
        return is_waiting() && now - last_taken_ >= most;
    }
    /// The next time at which `becomes_slow` or `is_too_slow` can become true if the kernel takes
    /// no byte; PeerTime::max() where nothing waits.
    PeerTime next_look(Duration most) const noexcept {
        if (!is_waiting()) return PeerTime::max();
        auto const too_slow = last_taken_ + most;
        return slow_ ? too_slow : std::min(too_slow, waiting_since_ + kSlowAfter);
    }

private:
    PeerTime waiting_since_{PeerTime::max()};
    PeerTime last_taken_{};  ///< has no meaning while nothing waits
    bool slow_{false};
};

}  // namespace tickcast
