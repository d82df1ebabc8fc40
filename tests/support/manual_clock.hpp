// A clock that stands still until a test moves it. Any thread may read or move it.
#pragma once

#include "tickcast/base/clock.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>

namespace tickcast::test {

class ManualClock final : public Clock {
public:
    /// The start of both times; not zero, so that no test passes by chance.
    static constexpr Duration kStart = std::chrono::hours{1};
    static constexpr std::int64_t kWallStartUs = 1'764'000'000'000'000;

    SteadyTime now() const noexcept override {
        auto const since = kStart + Duration{moved_ns_.load()};
        return SteadyTime{std::chrono::duration_cast<SteadyTime::duration>(since)};
    }
    std::int64_t wall_us() const noexcept override {
        return kWallStartUs + moved_ns_.load() / 1000 + wall_step_us_.load();
    }
    PeerTime peer_now() const noexcept override {
        return PeerTime{now().time_since_epoch() - left_out()};
    }
    Duration left_out() const noexcept override { return Duration{paused_ns_.load()}; }
    void advance(Duration by) noexcept { moved_ns_.fetch_add(by.count()); }
    /// The process stands still for that time.
    void pause(Duration by) noexcept {
        paused_ns_.fetch_add(by.count());
        advance(by);
    }
    /// Sets the wall clock forward or back, as an operator or NTP may.
    void step_wall_us(std::int64_t by) noexcept { wall_step_us_.fetch_add(by); }

private:
    std::atomic<Duration::rep> moved_ns_{0};
    std::atomic<Duration::rep> paused_ns_{0};
    std::atomic<std::int64_t> wall_step_us_{0};
};

}  // namespace tickcast::test
