// Watches the feeds for the whole process: live or stale. Control thread; owned by the Application.
#pragma once

#include "tickcast/base/clock.hpp"
#include "tickcast/feed/feed.hpp"
#include "tickcast/hub/quote_router.hpp"
#include "tickcast/protocol/feed_state.hpp"

#include <atomic>
#include <memory>
#include <string_view>
#include <vector>

namespace tickcast {

class FeedMonitor {
public:
    /// All outlive the monitor. `stale_after`: --stale-seconds. `live` is the monitor's to write,
    /// and any thread's to read.
    FeedMonitor(QuoteRouter const& router, FeedMetrics& metrics, Clock const& clock,
                Duration stale_after, std::atomic<bool>& live);

    /// A configured feed; its silence counts from now if no tick comes.
    void watch(Feed const& feed);
    /// Looks at all feeds and sets `live`. Called every few tens of milliseconds.
    void look() noexcept;

    std::string_view state() const noexcept {
        return name(live_ ? FeedState::live : FeedState::stale);
    }

private:
    bool is_live(Feed const& feed, SteadyTime now) const noexcept;
    bool quiet_since(std::optional<SteadyTime> last, SteadyTime now) const noexcept;

    QuoteRouter const& router_;
    FeedMetrics& metrics_;
    Clock const& clock_;
    Duration const stale_after_;
    SteadyTime const started_;
    std::vector<Feed const*> feeds_;
    bool push_configured_{false};
    std::atomic<bool>& live_;
};

}  // namespace tickcast
