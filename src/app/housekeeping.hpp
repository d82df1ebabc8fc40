// The regular work of the control thread: ticks the process clock, sweeps sessions and quotas,
// checks the feeds and the shards' loops. Owner: the Application; control thread. Bound:
// kSweptAtOnce sessions per turn.
#pragma once

#include "app/feed_monitor.hpp"
#include "app/loop_watch.hpp"
#include "app/shards.hpp"
#include "app/shared_state.hpp"
#include "tickcast/base/rate_limit.hpp"
#include "tickcast/metrics/counters.hpp"
#include "tickcast/metrics/shard_metrics.hpp"
#include "tickcast/runtime/executor.hpp"

#include <chrono>

namespace tickcast {

class Housekeeping {
public:
    /// All parameters outlive this object.
    Housekeeping(asio::io_context& control, SharedState& shared, Shards const& shards,
                 FeedMonitor& monitor);
    Housekeeping(Housekeeping const&) = delete;
    Housekeeping& operator=(Housekeeping const&) = delete;

    /// Runs the first turn now, and the further ones by a timer.
    void start() { turn(); }
    /// Whether every shard's loop turns.
    bool shards_turn();

    /// How late the turns come.
    LatencyHistogram const& lag() const noexcept { return lag_; }
    PauseMetrics const& pauses() const noexcept { return pauses_; }

private:
    void turn();
    void note_pause(Duration paused);

    SharedState& shared_;
    Shards const& shards_;
    FeedMonitor& monitor_;
    LoopWatch loop_watch_;
    LatencyHistogram lag_;
    PauseMetrics pauses_;
    LogLimiter pause_log_limit_{10, std::chrono::seconds{10}};
    SteadyTimer timer_;
};

}  // namespace tickcast
