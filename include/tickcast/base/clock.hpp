// The two times: steady for deadlines and latencies, wall for what users see. Tests inject both.
// SystemClock may be used on any thread.
#pragma once

#include <chrono>
#include <cstdint>

namespace tickcast {

using SteadyTime = std::chrono::steady_clock::time_point;
using Duration = std::chrono::nanoseconds;

class Clock {
public:
    virtual ~Clock() = default;
    virtual SteadyTime now() const noexcept = 0;
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
