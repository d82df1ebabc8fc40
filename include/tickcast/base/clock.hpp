// The times: steady for what goes by the clock, a peer's for deadlines that judge a peer or a
// session, wall for what users see. Tests inject them. SystemClock may be used on any thread.
#pragma once

#include <chrono>
#include <cstdint>

namespace tickcast {

using SteadyTime = std::chrono::steady_clock::time_point;
using Duration = std::chrono::nanoseconds;

/// Steady time without the pauses in which nothing ran here to listen (decision 16). A type of its
/// own, so that no deadline is kept in one time and looked at in the other.
struct PeerTimeline {
    using duration = Duration;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<PeerTimeline>;
    static constexpr bool is_steady = true;
};
using PeerTime = PeerTimeline::time_point;

class Clock {
public:
    virtual ~Clock() = default;
    virtual SteadyTime now() const noexcept = 0;
    /// To judge by: never past the time up to which a peer could have been heard.
    virtual PeerTime peer_now() const noexcept { return PeerTime{now().time_since_epoch()}; }
    /// So long from now, whether or not the last pause is known already.
    virtual PeerTime peer_deadline(Duration wait) const noexcept { return peer_now() + wait; }
    /// How far the peers' time is behind the steady one; it does not change from call to call but
    /// by a pause.
    virtual Duration left_out() const noexcept { return Duration{0}; }
    /// Microseconds since the Unix epoch.
    virtual std::int64_t wall_us() const noexcept = 0;
};

class SystemClock final : public Clock {
public:
    SteadyTime now() const noexcept override { return std::chrono::steady_clock::now(); }
    std::int64_t wall_us() const noexcept override {
        auto const since = std::chrono::system_clock::now().time_since_epoch();
        return std::chrono::duration_cast<std::chrono::microseconds>(since).count();
    }
};

/// Seconds with decimals, as settings give them, to a duration.
constexpr Duration from_seconds(double seconds) noexcept {
    return Duration{static_cast<Duration::rep>(seconds * 1e9)};
}

}  // namespace tickcast
