#include "generator/own_cost.hpp"

#include <algorithm>
#include <fstream>
#include <time.h>

namespace tickcast::load {
namespace {

// Above these limits the figures show the generator rather than the server. 5 % of the seconds is
// one in twenty: a start that uses a whole processor for a moment is no bottleneck.
constexpr double kBusyShare = 0.9;
constexpr double kWaitedShare = 0.2;
constexpr double kTolerated = 0.05;
constexpr double kLagUs = 10'000;

double thread_cpu_seconds() noexcept {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

/// Reads the scheduler's statistics (proc(5): time on the processor, time waiting, both in ns); 0
/// where the kernel keeps none.
double thread_waited_seconds() {
    std::ifstream file("/proc/thread-self/schedstat");
    double ran = 0;
    double waited = 0;
    file >> ran >> waited;
    return file ? waited * 1e-9 : 0;
}

}  // namespace

OwnCost::OwnCost(Clock::time_point now)
    : next_probe_(now + kProbeInterval),
      last_(now),
      cpu_seconds_(thread_cpu_seconds()),
      waited_seconds_(thread_waited_seconds()) {}

CostSample OwnCost::sample(Clock::time_point now, client::LatencyHistogram& all) {
    auto const cpu = thread_cpu_seconds();
    auto const waited = thread_waited_seconds();
    auto const wall = std::max(std::chrono::duration<double>(now - last_).count(), 1e-3);
    CostSample const sample{(cpu - cpu_seconds_) / wall, (waited - waited_seconds_) / wall,
                            second_.quantile(0.99), static_cast<double>(second_.max())};
    all.merge(second_);
    second_.clear();
    last_ = now;
    cpu_seconds_ = cpu;
    waited_seconds_ = waited;
    return sample;
}

std::vector<std::string> bottleneck_warnings(std::vector<CostSample> const& seconds,
                                             double lag_p99_us) {
    auto const count_if = [&](auto const& holds) {
        return static_cast<std::size_t>(std::count_if(seconds.begin(), seconds.end(), holds));
    };
    auto const many = [&](std::size_t count) {
        return static_cast<double>(count) > kTolerated * static_cast<double>(seconds.size());
    };
    std::vector<std::string> warnings;
    auto const of_all = " of " + std::to_string(seconds.size()) + " seconds";
    auto const busy = count_if([](auto const& s) { return s.cpu_share > kBusyShare; });
    if (many(busy)) {
        warnings.push_back("a thread of the generator used over 90 % of a processor in " +
                           std::to_string(busy) + of_all + ": give it more --threads");
    }
    auto const waited = count_if([](auto const& s) { return s.waited_share > kWaitedShare; });
    if (many(waited)) {
        warnings.push_back("the generator waited for a processor over 20 % of the time in " +
                           std::to_string(waited) + of_all +
                           ": it shares the machine, and latencies contain its waiting");
    }
    if (lag_p99_us > kLagUs) {
        warnings.push_back("the generator's loop was over " +
                           std::to_string(static_cast<int>(lag_p99_us / 1000)) +
                           " ms late in one of a hundred probes: latencies contain that");
    }
    return warnings;
}

}  // namespace tickcast::load
