// The clock for objects that belong to no thread: sessions, quotas. Its peer time is that of the
// control thread, published for all threads. Owner: SharedState. Any thread may read it; `begin`
// and `tick` are for the control thread alone.
#pragma once

#include "tickcast/runtime/peer_clock.hpp"

#include <atomic>

namespace tickcast {

class ProcessClock final : public Clock {
public:
    explicit ProcessClock(ThreadTimes const& times = ThreadTimes::system()) noexcept
        : times_(times), own_(times) {}

    SteadyTime now() const noexcept override { return times_.now(); }
    std::int64_t wall_us() const noexcept override { return times_.wall_us(); }
    PeerTime peer_now() const noexcept override { return read(Duration{0}); }
    PeerTime peer_deadline(Duration wait) const noexcept override { return read(kLate) + wait; }
    Duration left_out() const noexcept override;
    /// The end of the last pause that the control thread has noticed; SteadyTime::min() where there
    /// was none.
    SteadyTime woke() const noexcept;

    /// The control thread's own clock, for the connections that it serves itself.
    PeerClock& own() noexcept { return own_; }
    /// Until then, peer time equals steady time.
    void begin() noexcept;
    /// A coarse tick of the control thread. Returns the pause found, 0 if there was none.
    Duration tick(Duration until_next) noexcept;

private:
    /// The control thread may be late with a tick by this much while it works: a session made
    /// meanwhile still loses none of its time.
    static constexpr Duration kLate = std::chrono::seconds{1};

    PeerTime read(Duration late) const noexcept;
    void publish(SteadyTime now, Duration until_next) noexcept;

    ThreadTimes const& times_;
    PeerClock own_;
    bool begun_{false};
    // Not read as a pair: whichever is the older, the resulting time is not past `until_`.
    std::atomic<Duration::rep> left_out_{0};
    std::atomic<Duration::rep> until_{Duration::max().count() / 2};  ///< when the next tick is due
    std::atomic<Duration::rep> woke_{SteadyTime::min().time_since_epoch().count()};
};

}  // namespace tickcast
