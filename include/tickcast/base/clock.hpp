// The three times of the server. Steady time: durations and schedules. Peer time: deadlines that
// judge a peer or a session. Wall time: timestamps that users see. Tests inject them. SystemClock
// is safe on any thread.
#pragma once

#include <chrono>
#include <cstdint>

namespace tickcast {

using SteadyTime = std::chrono::steady_clock::time_point;
using Duration = std::chrono::nanoseconds;

/// Steady time without the pauses in which no thread ran here to listen (decision 16). It is a type
/// of its own, so that no deadline is set in one time and compared with the other.
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
    /// The time to judge peers by: never later than the last moment at which this process could
    /// have read from a peer.
    virtual PeerTime peer_now() const noexcept { return PeerTime{now().time_since_epoch()}; }
    /// The deadline `wait` from now, whether or not the last pause has been noticed yet.
    virtual PeerTime peer_deadline(Duration wait) const noexcept { return peer_now() + wait; }
    /// How far peer time is behind steady time. Only a pause changes it.
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

/// A duration from seconds with decimals, as settings give them.
constexpr Duration from_seconds(double seconds) noexcept {
    return Duration{static_cast<Duration::rep>(seconds * 1e9)};
}

}  // namespace tickcast
