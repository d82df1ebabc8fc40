// Detects that an event loop stood still (SIGSTOP, a paused machine, a thread that got no
// processor), and keeps the loop's peer time, which leaves such pauses out (CONTRACT PAU-1..5,
// decision 16). Owner: one event loop, on its thread, which reports each of its coarse ticks and
// may read the time at any moment in between.
#pragma once

#include "tickcast/base/clock.hpp"

#include <cstdint>

namespace tickcast {

/// The times that a PeerClock reads: the one place that an event loop has its time from. Tests
/// inject them.
class ThreadTimes {
public:
    virtual ~ThreadTimes() = default;
    virtual SteadyTime now() const noexcept = 0;
    /// Microseconds since the Unix epoch.
    virtual std::int64_t wall_us() const noexcept = 0;
    /// For how long the calling thread has run on a processor in all.
    virtual Duration cpu() const noexcept = 0;

    static ThreadTimes const& system() noexcept;
};

class PeerClock {
public:
    /// A turn that came later than its thread's own work explains by more than this was a pause.
    static constexpr Duration kLeastPause = std::chrono::milliseconds{100};
    /// After a pause, peer time stands still for as long again, so that input that waits in the
    /// sockets is read before any peer is judged. It stands still for at most this time, and for no
    /// longer than it has run since the last pause.
    static constexpr Duration kMostCatchUp = std::chrono::milliseconds{500};

    /// Until `begin`, peer time equals steady time.
    explicit PeerClock(ThreadTimes const& times = ThreadTimes::system()) noexcept : times_(times) {}

    /// On the loop's own thread, before its first tick.
    void begin() noexcept;
    /// A coarse tick; the next one is due in `until_next`. Returns the pause found since the last
    /// tick, 0 if there was none.
    Duration ticked(SteadyTime now, Duration until_next) noexcept;

    /// The steady clock: what is measured or logged goes by it.
    SteadyTime steady_now() const noexcept { return times_.now(); }
    std::int64_t wall_us() const noexcept { return times_.wall_us(); }
    PeerTime now() noexcept { return now(times_.now()); }
    /// `steady`: the steady time, just read. A pause that no tick has reported yet is noticed here.
    PeerTime now(SteadyTime steady) noexcept;
    /// The steady time at which peer time will be `at`, if nothing stands still until then.
    SteadyTime steady(PeerTime at) const noexcept;
    /// The earliest time since which input that is read now may have waited in its socket. It lies
    /// before `steady` by the length of the pause, and by no more later on: otherwise time that ran
    /// after the pause would be granted as well.
    SteadyTime waiting_since(SteadyTime steady) noexcept;
    /// Peer time stands still after a pause.
    bool catching_up(SteadyTime steady) const noexcept { return steady < resumes_; }
    /// The end of the last pause; SteadyTime::min() where there was none.
    SteadyTime woke() const noexcept { return woke_; }
    Duration left_out() const noexcept { return left_out_; }

private:
    PeerTime read(SteadyTime steady) const noexcept;
    void look(SteadyTime now, Duration cpu) noexcept;
    void leave_out(SteadyTime now, Duration gap) noexcept;
    /// How long peer time stands still after a pause that began at `began`.
    Duration catch_up(SteadyTime began, Duration gap) const noexcept;
    Duration waited(SteadyTime began, Duration gap) const noexcept;

    ThreadTimes const& times_;
    bool begun_{false};
    SteadyTime ticked_{};
    Duration cpu_{0};         ///< at `ticked_`
    Duration until_next_{0};  ///< from `ticked_`
    Duration found_{0};       ///< pauses since the last tick

    Duration left_out_{0};
    SteadyTime resumes_{SteadyTime::min()};  ///< until then, peer time stands still
    SteadyTime woke_{SteadyTime::min()};
    Duration waited_{0};  ///< how long input may have waited, until `waited_until_`
    SteadyTime waited_until_{SteadyTime::min()};
};

}  // namespace tickcast
