// Measures what a worker's thread costs and how late its loop is: a load generator that cannot keep
// up measures itself, not the server. Owner: the Worker, on its thread.
#pragma once

#include "client/latency_histogram.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace tickcast::load {

/// One second of one thread.
struct CostSample {
    double cpu_share{0};     ///< of one processor, 0 to 1
    double waited_share{0};  ///< ready to run, but another had the processor
    double lag_p99_us{0};
    double lag_max_us{0};
};

class OwnCost {
public:
    using Clock = std::chrono::steady_clock;
    static constexpr std::chrono::milliseconds kProbeInterval{5};

    explicit OwnCost(Clock::time_point now);

    /// Call it once per turn. Every probe that was due counts with its delay: a stall of one second
    /// is two hundred late probes, not one.
    void turn(Clock::time_point now) noexcept {
        for (; next_probe_ <= now; next_probe_ += kProbeInterval) {
            auto const late =
                std::chrono::duration_cast<std::chrono::microseconds>(now - next_probe_);
            second_.add(static_cast<std::uint64_t>(late.count()));
        }
    }
    Clock::time_point next_probe() const noexcept { return next_probe_; }
    /// Ends the second; its lags are added to `all`.
    CostSample sample(Clock::time_point now, client::LatencyHistogram& all);

private:
    Clock::time_point next_probe_;
    Clock::time_point last_;
    double cpu_seconds_{0};
    double waited_seconds_{0};
    client::LatencyHistogram second_;
};

/// A warning about seconds in which a worker was overloaded, and what that means for the figures;
/// empty if there were too few.
std::vector<std::string> bottleneck_warnings(std::vector<CostSample> const& seconds,
                                             double lag_p99_us);

}  // namespace tickcast::load
