// The counters of one thread: one object per shard, and one for the control thread's HTTP. That
// thread alone writes them; a scrape reads them at any time. They live as long as the process's
// shards.
#pragma once

#include "tickcast/metrics/counters.hpp"
#include "tickcast/protocol/close_code.hpp"
#include "tickcast/protocol/http_status.hpp"
#include "tickcast/protocol/limit.hpp"
#include "tickcast/protocol/route.hpp"
#include "tickcast/protocol/stream_transport.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace tickcast {

class HttpMetrics {
public:
    void answered(Route route, Method method, unsigned status, std::int64_t duration_ns) noexcept {
        requests_[index_of(route)][index_of(method)][status_index(status)].add();
        durations_[index_of(route)].observe(duration_ns);
    }
    std::uint64_t requests(Route route, Method method, std::size_t status) const noexcept {
        return requests_[index_of(route)][index_of(method)][status].value();
    }
    LatencyHistogram const& duration(Route route) const noexcept {
        return durations_[index_of(route)];
    }

private:
    /// A status outside the table would be a bug, and counts as 500.
    static std::size_t status_index(unsigned status) noexcept {
        auto const& all = kHttpStatuses;
        auto const* found = std::find(all.begin(), all.end(), status);
        if (found == all.end()) found = std::find(all.begin(), all.end(), 500U);
        return static_cast<std::size_t>(found - all.begin());
    }

    std::array<std::array<std::array<Counter, kHttpStatuses.size()>, kMethods>, kRoutes>
        requests_{};
    std::array<LatencyHistogram, kRoutes> durations_{};
};

/// The pauses of the whole process that the control thread found.
struct PauseMetrics {
    Counter count;
    Counter ns;
};

struct ShardMetrics {
    /// Open streams, counted from the hand-over of the socket to the end of the stream's clean-up.
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
    std::array<Counter, kCloseTable.size()> stream_closes;
    std::array<Counter, kLimits> limit_hits;
    HttpMetrics http;
    Gauge last_turn_ns;  ///< steady clock at the loop's start or last coarse tick; 0 before

    void stream_closed(CloseCode code) noexcept { stream_closes[index_of(code)].add(); }
    void limit_hit(Limit limit) noexcept { limit_hits[index_of(limit)].add(); }
};

}  // namespace tickcast
