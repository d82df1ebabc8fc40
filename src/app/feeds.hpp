// The configured feeds: made from --feed, started and stopped together. Control thread.
#pragma once

#include "feed/replay/replay_feed.hpp"
#include "feed_monitor.hpp"
#include "tickcast/config/origins.hpp"
#include "tickcast/feed/push/push_feed.hpp"
#include "tickcast/hub/quote_router.hpp"

#include <memory>
#include <string>
#include <vector>

namespace tickcast {

class Feeds {
public:
    struct Shared {
        TickerTable& tickers;
        QuoteRouter& router;
        asio::io_context& io;
        Clock const& clock;
        FeedMonitor& monitor;
    };

    /// Makes all feeds, reading replay files ahead. Throws StartupError (2) for a wrong setting.
    Feeds(std::vector<std::string> const& specs, SettingOrigins const& origins,
          Shared const& shared, ReplayFeed::StreamsStarted const& streams_started);

    PushFeed& push() noexcept { return push_; }
    bool push_configured() const noexcept { return push_configured_; }
    void start();
    void stop() noexcept;

private:
    std::unique_ptr<Feed> make(std::string const& text, std::string const& origin,
                               Shared const& shared,
                               ReplayFeed::StreamsStarted const& streams_started);

    PushFeed push_;
    bool push_configured_{false};
    std::vector<std::unique_ptr<Feed>> feeds_;
};

/// Whether these settings have a push feed; wrong ones are found by `Feeds`.
bool configures_push(std::vector<std::string> const& specs);

}  // namespace tickcast
