#include "app/feed_monitor.hpp"

#include <algorithm>

namespace tickcast {

FeedMonitor::FeedMonitor(QuoteRouter const& router, FeedMetrics& metrics, Clock const& clock,
                         Duration stale_after, std::atomic<bool>& live)
    : router_(router),
      metrics_(metrics),
      clock_(clock),
      stale_after_(stale_after),
      started_(clock.now()),
      live_(live) {}

void FeedMonitor::watch(Feed const& feed, Silence silence) {
    feeds_.push_back({&feed, silence});
    metrics_.of(feed.kind()).shown.set(1);
}

bool FeedMonitor::any_up(FeedKind kind) const noexcept {
    return std::any_of(feeds_.begin(), feeds_.end(), [kind](Watched const& watched) {
        return watched.feed->kind() == kind && watched.feed->up();
    });
}

bool FeedMonitor::is_live(Watched const& watched, SteadyTime now) const noexcept {
    auto const& feed = *watched.feed;
    if (!feed.up()) return false;
    if (feed.waiting()) return true;
    auto const last = router_.last_tick(feed.kind());
    if (!last && watched.silence == Silence::counts_after_a_tick) return false;
    return now - last.value_or(started_) < stale_after_;
}

void FeedMonitor::look() noexcept {
    auto const now = clock_.now();
    bool live = false;
    for (auto const& watched : feeds_) {
        auto const kind = watched.feed->kind();
        metrics_.of(kind).up.set(any_up(kind) ? 1 : 0);
        live = live || is_live(watched, now);
    }
    live_.store(live, std::memory_order_relaxed);
}

}  // namespace tickcast
