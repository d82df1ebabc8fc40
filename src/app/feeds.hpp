// The configured feeds: made from --feed, started and stopped together. Owner: app/Intake; control
// thread. Bound: one feed per --feed.
#pragma once

#include "app/feed_monitor.hpp"
#include "tickcast/config/setting_sources.hpp"
#include "tickcast/feed/push/push_feed.hpp"
#include "tickcast/feed/registry/feed_registry.hpp"

#include <memory>
#include <string>
#include <vector>

namespace tickcast {

/// A --feed text, parsed, with its source for errors that show only when the feed is made.
struct FeedSetting {
    std::string text{};
    std::string source{};
    FeedRequest request{};
};

/// Throws StartupError (2) for a text that names no feed.
std::vector<FeedSetting> parse_feed_settings(std::vector<std::string> const& texts,
                                             SettingSources const& sources);

/// Whether one of the feeds allows clients to ask for any well-formed ticker.
bool any_ticker(std::vector<FeedSetting> const& settings) noexcept;

class Feeds {
public:
    /// Makes all feeds and scans replay files. Throws StartupError (2) where that fails.
    Feeds(std::vector<FeedSetting> const& settings, FeedContext const& context,
          FeedMonitor& monitor);

    PushFeed& push() noexcept { return push_; }
    void start();
    void stop() noexcept;

private:
    PushFeed push_;
    std::vector<std::unique_ptr<Feed>> feeds_;
};

}  // namespace tickcast
