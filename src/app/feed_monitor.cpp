#include "feed_monitor.hpp"

#include <algorithm>

namespace tickcast {

FeedMonitor::FeedMonitor(QuoteRouter const& router, FeedMetrics& metrics, Clock const& clock,
                         Duration stale_after, std::atomic<bool>& live)
    : router_(router),
      metrics_(metrics),
      clock_(clock),
      stale_after_(stale_after),
      started_(clock.now()),
      live_(live) {
    metrics_.of(FeedKind::push).up.set(1);
}

void FeedMonitor::watch(Feed const& feed) {
    feeds_.push_back(&feed);
    metrics_.of(feed.kind()).configured.set(1);
    if (feed.kind() == FeedKind::push) push_configured_ = true;
}

bool FeedMonitor::quiet_since(std::optional<SteadyTime> last, SteadyTime now) const noexcept {
    return now - last.value_or(started_) >= stale_after_;
}

/// CONTRACT FED-4..6, FED-8, FED-9
bool FeedMonitor::is_live(Feed const& feed, SteadyTime now) const noexcept {
    if (!feed.up()) return false;
    return feed.waiting() || !quiet_since(router_.last_tick(feed.kind()), now);
}

void FeedMonitor::look() noexcept {
    auto const now = clock_.now();
    bool live = false;
    for (auto const kind : {FeedKind::sim, FeedKind::replay}) {
        auto const up = std::any_of(feeds_.begin(), feeds_.end(), [kind](Feed const* feed) {
            return feed->kind() == kind && feed->up();
        });
        metrics_.of(kind).up.set(up ? 1 : 0);
    }
    for (auto const* feed : feeds_)
        live = live || is_live(*feed, now);
    // Push is always accepted, and counts from its first tick on where it is not configured
    // (CONTRACT FED-10).
    auto const pushed = router_.last_tick(FeedKind::push);
    if (!push_configured_ && pushed) live = live || !quiet_since(pushed, now);
    live_.store(live, std::memory_order_relaxed);
}

}  // namespace tickcast
