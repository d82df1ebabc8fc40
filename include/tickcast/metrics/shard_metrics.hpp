// The counters of one thread: one object per shard, and one for the control thread. That thread
// alone writes them; a scrape reads them at any time. They live as long as the process's shards.
#pragma once

#include "tickcast/metrics/counters.hpp"
#include "tickcast/protocol/close_code.hpp"
#include "tickcast/protocol/limit.hpp"
#include "tickcast/protocol/stream_transport.hpp"

#include <array>
#include <cstdint>

namespace tickcast {

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
    Gauge last_turn_ns;  ///< steady clock at the loop's start or last coarse tick; 0 before

    void stream_closed(CloseCode code) noexcept { stream_closes[index_of(code)].add(); }
    void limit_hit(Limit limit) noexcept { limit_hits[index_of(limit)].add(); }
};

}  // namespace tickcast
