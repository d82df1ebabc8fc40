// What the router counts about feeds. Written by the control thread alone, read by any.
#pragma once

#include "tickcast/metrics/counters.hpp"
#include "tickcast/metrics/labels.hpp"

#include <array>

namespace tickcast {

struct FeedMetrics {
    struct OfFeed {
        Counter ingested;
        std::array<Counter, kRejectReasons> rejected;
        Gauge configured;     ///< 1 if this process has such a feed
        Gauge up;             ///< 1 = not ended, not disconnected
        Gauge subscriptions;  ///< tickers someone watches
        Gauge last_tick_us;   ///< Unix epoch; 0 before the first tick
    };
    std::array<OfFeed, kFeedKinds> feeds;

    OfFeed& of(FeedKind kind) noexcept { return feeds[static_cast<std::size_t>(kind)]; }
    OfFeed const& of(FeedKind kind) const noexcept { return feeds[static_cast<std::size_t>(kind)]; }
};

}  // namespace tickcast
