// All metric families (CONTRACT MET-6..32), made again for each scrape from the counters of all
// threads. Owner: app/AdminServer; control thread alone; it reads relaxed atomics and never waits
// for a shard, so that a stuck shard shows. The counters outlive it. Bound: labels come from closed
// sets, so the size of the text is bounded too.
#pragma once

#include "tickcast/metrics/feed_metrics.hpp"
#include "tickcast/metrics/http_metrics.hpp"
#include "tickcast/metrics/session_figures.hpp"
#include "tickcast/metrics/shard_metrics.hpp"

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace tickcast {

class MetricsCollectable final : public prometheus::Collectable {
public:
    struct Sources {
        std::vector<ShardMetrics const*> shards{};
        std::vector<HttpMetrics const*> http{};  ///< each thread's, of both listeners
        LatencyHistogram const& control_lag;
        FeedMetrics const& feeds;
        PauseMetrics const& pauses;
        std::function<SessionFigures()> sessions;
        std::string version{};
        std::string send_backend{};  ///< "send" or "io_uring"
    };

    explicit MetricsCollectable(Sources sources) : sources_(std::move(sources)) {}

    std::vector<prometheus::MetricFamily> Collect() const override;

private:
    Sources const sources_;
};

/// Text format 0.0.4 (content type "text/plain; version=0.0.4; charset=utf-8").
std::string metrics_text(prometheus::Collectable const& collectable);

}  // namespace tickcast
