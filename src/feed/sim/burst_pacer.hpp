// Computes when the simulator's bursts are due. The caller passes the time in. A value member of
// the SimFeed, on the control thread. Bound: bursts that are more than kMaxBacklog late are
// skipped, so that a long stall is not caught up.
#pragma once

#include "tickcast/base/clock.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace tickcast {

class BurstPacer {
public:
    static constexpr Duration kMaxBacklog = std::chrono::seconds{1};

    /// Bursts come every `burst / rate` seconds, the first one at `start`.
    BurstPacer(double rate, std::size_t burst, SteadyTime start) noexcept
        : period_ns_(static_cast<double>(burst) / rate * 1e9), origin_(start) {}

    SteadyTime next_at() const noexcept {
        return origin_ +
               Duration{static_cast<Duration::rep>(static_cast<double>(begun_) * period_ns_)};
    }
    /// True if a burst is due; then it counts as begun.
    bool begin_burst(SteadyTime now) noexcept {
        if (next_at() > now) return false;
        if (now - next_at() > kMaxBacklog) restart(now - kMaxBacklog);
        // Starts the count again regularly, so that no double has to hold years of nanoseconds.
        if (++begun_ == kRestartEvery) restart(next_at());
        return true;
    }

private:
    static constexpr std::uint64_t kRestartEvery = 1'000'000;

    void restart(SteadyTime at) noexcept {
        origin_ = at;
        begun_ = 0;
    }

    double period_ns_;
    SteadyTime origin_;
    std::uint64_t begun_{0};
};

}  // namespace tickcast
