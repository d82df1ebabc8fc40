// Watches the feeds for the whole process: live or stale. Control thread; owned by the Application.
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
        counts,               ///< from the start, if no tick comes: the feed was asked for
        counts_after_a_tick,  ///< it is there in any case, and until then it says nothing
    };

    /// All outlive the monitor. `stale_after`: --stale-seconds. `live` is the monitor's to write,
    /// and any thread's to read.
    FeedMonitor(QuoteRouter const& router, FeedMetrics& metrics, Clock const& clock,
                Duration stale_after, std::atomic<bool>& live);

    /// From now on the metrics show its kind.
    void watch(Feed const& feed, Silence silence);
    /// Looks at all feeds and sets `live`. Called every few tens of milliseconds.
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
