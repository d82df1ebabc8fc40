// Watches the feeds for the whole process: live or stale. Owner: app/Intake; control thread. Bound:
// one entry per feed.
#pragma once

#include "tickcast/base/clock.hpp"
#include "tickcast/feed/feed.hpp"
#include "tickcast/hub/quote_router.hpp"
#include "tickcast/protocol/feed_state.hpp"

#include <atomic>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace tickcast {

class FeedMonitor {
public:
    enum class Silence : std::uint8_t {
        counts,  ///< silence makes the feed stale from the start on: a setting names the feed
        counts_after_a_tick,  ///< only after its first tick: the process has this feed in any case
    };

    /// All parameters outlive the monitor. `stale_after`: --stale-seconds. The monitor alone writes
    /// `live`; any thread may read it.
    FeedMonitor(QuoteRouter const& router, FeedMetrics& metrics, Clock const& clock,
                Duration stale_after, std::atomic<bool>& live);

    /// Watches a feed; from now on the metrics show its kind.
    void watch(Feed const& feed, Silence silence);
    /// Checks all feeds and sets `live`. Called every few tens of milliseconds.
    void look() noexcept;

    std::string_view state() const noexcept {
        return name(live_ ? FeedState::live : FeedState::stale);
    }

private:
    struct Watched {
        Feed const* feed{nullptr};
        Silence silence{Silence::counts};
    };

    bool any_up(FeedKind kind) const noexcept;
    bool is_live(Watched const& watched, SteadyTime now) const noexcept;

    QuoteRouter const& router_;
    FeedMetrics& metrics_;
    Clock const& clock_;
    Duration const stale_after_;
    SteadyTime const started_;
    std::vector<Watched> feeds_;
    std::atomic<bool>& live_;
};

}  // namespace tickcast
