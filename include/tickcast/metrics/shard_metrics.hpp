// What one thread counts: one object a shard, and one for the control thread's HTTP. Written by
// that thread alone, read by scrapes at any time. Lives as long as the process's shards.
#pragma once

#include "tickcast/metrics/counters.hpp"
#include "tickcast/metrics/labels.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace tickcast {

class HttpMetrics {
public:
    /// The statuses that we answer with; anything else would be a bug and counts as 500.
    static constexpr std::array<unsigned, 23> kStatuses{101, 200, 201, 202, 204, 304, 308, 400,
                                                        401, 403, 404, 405, 408, 412, 413, 415,
                                                        422, 426, 429, 431, 500, 503, 505};

    void answered(Route route, Method method, unsigned status, std::int64_t duration_ns) noexcept {
        requests_[index(route)][index(method)][status_index(status)].add();
        durations_[index(route)].observe(duration_ns);
    }
    std::uint64_t requests(Route route, Method method, std::size_t status) const noexcept {
        return requests_[index(route)][index(method)][status].value();
    }
    LatencyHistogram const& duration(Route route) const noexcept {
        return durations_[index(route)];
    }

private:
    template <class Label>
    static constexpr std::size_t index(Label label) noexcept {
        return static_cast<std::size_t>(label);
    }
    static std::size_t status_index(unsigned status) noexcept {
        auto const* found = std::find(kStatuses.begin(), kStatuses.end(), status);
        if (found == kStatuses.end()) found = std::find(kStatuses.begin(), kStatuses.end(), 500U);
        return static_cast<std::size_t>(found - kStatuses.begin());
    }

    std::array<std::array<std::array<Counter, kStatuses.size()>, kMethods>, kRoutes> requests_{};
    std::array<LatencyHistogram, kRoutes> durations_{};
};

/// Pauses of the whole process, as the control thread found them.
struct PauseMetrics {
    Counter count;
    Counter ns;
};

struct ShardMetrics {
    /// Streams open, from the hand-over of their sockets to the clean-up.
    std::array<Gauge, kTransports> connections;
    Gauge subscriptions;  ///< entries in the hub's subscriber lists
    Gauge slow_clients;
    Counter snapshots;  ///< streams that had their first snapshot handed to the kernel
    Counter ticks_delivered;
    Counter ticks_conflated;
    Counter ticks_abandoned;
    Counter frames_sent;
    Counter sent_bytes;
    LatencyHistogram delivery_latency;
    LatencyHistogram loop_lag;
    std::array<Counter, kCloseCodes.size()> stream_closes;
    std::array<Counter, kLimits> limit_hits;
    HttpMetrics http;
    Gauge last_turn_ns;  ///< steady clock at the loop's start or last coarse tick; 0 before

    void stream_closed(CloseCode code) noexcept {
        auto const* found = std::find(kCloseCodes.begin(), kCloseCodes.end(), code);
        if (found != kCloseCodes.end()) {
            stream_closes[static_cast<std::size_t>(found - kCloseCodes.begin())].add();
        }
    }
    void limit_hit(Limit limit) noexcept { limit_hits[static_cast<std::size_t>(limit)].add(); }
};

}  // namespace tickcast
