// The intake of ticks: the feeds, the monitor that judges them, and the router that gives their
// ticks to the shards. Owner: the Application; control thread. Bound: that of the router and of
// each feed.
#pragma once

#include "app/feed_monitor.hpp"
#include "app/feeds.hpp"
#include "app/shards.hpp"
#include "app/shared_state.hpp"
#include "tickcast/hub/interest.hpp"
#include "tickcast/hub/quote_router.hpp"
#include "tickcast/metrics/feed_metrics.hpp"

#include <vector>

namespace tickcast {

class Intake {
public:
    /// Makes the feeds and scans replay files. Throws StartupError (2).
    Intake(std::vector<FeedSetting> const& settings, SharedState& shared, asio::io_context& control,
           Shards& shards);
    Intake(Intake const&) = delete;
    Intake& operator=(Intake const&) = delete;

    void start() { feeds_.start(); }
    void stop() noexcept { feeds_.stop(); }
    /// Passes a shard's change of interest to the router.
    void change(InterestChange change) { router_.change(change); }

    PushFeed& push() noexcept { return feeds_.push(); }
    FeedMonitor& monitor() noexcept { return monitor_; }
    FeedMetrics const& metrics() const noexcept { return metrics_; }
    QuoteRouter const& router() const noexcept { return router_; }

private:
    FeedMetrics metrics_;
    QuoteRouter router_;
    FeedMonitor monitor_;
    Feeds feeds_;
};

}  // namespace tickcast
