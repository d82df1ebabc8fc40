// Tells an event loop that it stood still (SIGSTOP, a paused machine, a thread that got no
// processor), and keeps the time of those it serves, which leaves such pauses out (CONTRACT
// PAU-1..5, decision 16).
// One thread's, which tells it of each of its coarse ticks and may ask at any time in between.
#pragma once

#include "tickcast/base/clock.hpp"

namespace tickcast {

/// What a PeerClock reads; tests inject it.
class ThreadTimes {
public:
    virtual ~ThreadTimes() = default;
    virtual SteadyTime now() const noexcept = 0;
    /// For how long the calling thread has run in all.
    virtual Duration cpu() const noexcept = 0;

    static ThreadTimes const& system() noexcept;
};

class PeerClock {
public:
    /// A turn that came later than its thread's own work explains by more than this was a pause.
    static constexpr Duration kLeastPause = std::chrono::milliseconds{100};
    /// After a pause the peers' time stands still for as long again, for so long at most, and for
    /// no longer than it has gone on since the last pause: what waits in the sockets is read before
    /// anybody is judged.
    static constexpr Duration kMostCatchUp = std::chrono::milliseconds{500};

    /// Until `begin` it is the steady clock.
    explicit PeerClock(ThreadTimes const& times = ThreadTimes::system()) noexcept : times_(times) {}

    /// On the loop's own thread, before its first tick.
    void begin() noexcept;
    /// A coarse tick; the next one is due in `until_next`. Gives what was found to be a pause since
    /// the last tick, 0 if nothing was.
    Duration ticked(SteadyTime now, Duration until_next) noexcept;

    PeerTime now() noexcept { return now(times_.now()); }
    /// `steady`: just read. A pause that no tick has told of yet is noticed here.
    PeerTime now(SteadyTime steady) noexcept;
    /// When it will be `at`, if nothing stands still until then.
    SteadyTime steady(PeerTime at) const noexcept;
    /// Since when what is read now may have waited in its socket: as long ago as the pause was, and
    /// no longer ago later, or what ran since the waking would be granted as well.
    SteadyTime waiting_since(SteadyTime steady) noexcept;
    /// It stands still after a pause.
    bool catching_up(SteadyTime steady) const noexcept { return steady < resumes_; }
    /// The end of the last pause; SteadyTime::min() where there was none.
    SteadyTime woke() const noexcept { return woke_; }
    Duration left_out() const noexcept { return left_out_; }

private:
    PeerTime read(SteadyTime steady) const noexcept;
    void look(SteadyTime now, Duration cpu) noexcept;
    void leave_out(SteadyTime now, Duration gap) noexcept;
    /// For a pause that began at `began`.
    Duration catch_up(SteadyTime began, Duration gap) const noexcept;
    Duration waited(SteadyTime began, Duration gap) const noexcept;

    ThreadTimes const& times_;
    bool begun_{false};
    SteadyTime ticked_{};
    Duration cpu_{0};         ///< at `ticked_`
    Duration until_next_{0};  ///< from `ticked_`
    Duration found_{0};       ///< pauses since the last tick

    Duration left_out_{0};
    SteadyTime resumes_{SteadyTime::min()};  ///< before, the peers' time stands still
    SteadyTime woke_{SteadyTime::min()};
    Duration waited_{0};  ///< how long input may have waited, until `waited_until_`
    SteadyTime waited_until_{SteadyTime::min()};
};

}  // namespace tickcast
