// The clock of what belongs to no thread: sessions, quotas. Its peers' time is that of the thread
// that ticks it (the control thread), published for all. Any thread, but for `begin` and `tick`.
#pragma once

#include "tickcast/runtime/peer_clock.hpp"

#include <atomic>

namespace tickcast {

class ProcessClock final : public Clock {
public:
    explicit ProcessClock(ThreadTimes const& times = ThreadTimes::system()) noexcept
        : times_(times), own_(times) {}

    SteadyTime now() const noexcept override { return times_.now(); }
    std::int64_t wall_us() const noexcept override { return SystemClock{}.wall_us(); }
    PeerTime peer_now() const noexcept override { return read(Duration{0}); }
    PeerTime peer_deadline(Duration wait) const noexcept override { return read(kLate) + wait; }
    Duration left_out() const noexcept override;

    /// The thread's own, for what it serves itself.
    PeerClock& own() noexcept { return own_; }
    /// Until then it is the steady clock, whatever ticks.
    void begin() noexcept;
    /// A coarse tick of its thread. Gives the pause that was found, 0 if there was none.
    Duration tick(Duration until_next) noexcept;

private:
    /// The thread may be as late with a tick as this, working, without a session that is made
    /// meanwhile losing any of its time.
    static constexpr Duration kLate = std::chrono::seconds{1};

    PeerTime read(Duration late) const noexcept;
    void publish(SteadyTime now, Duration until_next) noexcept;

    ThreadTimes const& times_;
    PeerClock own_;
    bool begun_{false};
    // Not read as a pair: whichever is the older, the time that comes of them is not past `until_`.
    std::atomic<Duration::rep> left_out_{0};
    std::atomic<Duration::rep> until_{Duration::max().count() / 2};  ///< when the next tick is due
};

}  // namespace tickcast
