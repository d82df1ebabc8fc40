// What the control thread does again and again: tells the time of what belongs to no thread, sweeps
// sessions and quotas, looks at the feeds and at the shards' loops.
// Owner: the Application; control thread. Bound: kSweptAtOnce sessions at a time.
#pragma once

#include "app/feed_monitor.hpp"
#include "app/loop_watch.hpp"
#include "app/serving_shards.hpp"
#include "app/shared_state.hpp"
#include "tickcast/base/rate_limit.hpp"
#include "tickcast/metrics/counters.hpp"
#include "tickcast/metrics/shard_metrics.hpp"
#include "tickcast/runtime/executor.hpp"

#include <chrono>

namespace tickcast {

class Housekeeping {
public:
    /// All outlive it.
    Housekeeping(asio::io_context& control, SharedState& shared, ServingShards const& shards,
                 FeedMonitor& monitor);
    Housekeeping(Housekeeping const&) = delete;
    Housekeeping& operator=(Housekeeping const&) = delete;

    /// The first time is now.
    void start() { turn(); }
    /// Whether every shard's loop turns.
    bool shards_turn();

    /// How late its turns come.
    LatencyHistogram const& lag() const noexcept { return lag_; }
    PauseMetrics const& pauses() const noexcept { return pauses_; }

private:
    void turn();
    void note_pause(Duration paused);

    SharedState& shared_;
    ServingShards const& shards_;
    FeedMonitor& monitor_;
    LoopWatch loop_watch_;
    LatencyHistogram lag_;
    PauseMetrics pauses_;
    LogLimiter pause_log_limit_{10, std::chrono::seconds{10}};
    SteadyTimer timer_;
};

}  // namespace tickcast
