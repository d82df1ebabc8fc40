#include "app/feeds.hpp"

#include "tickcast/app/startup_error.hpp"
#include "tickcast/hub/quote_router.hpp"

#include <gtest/gtest.h>

namespace tickcast {
namespace {

std::string refusal(std::vector<std::string> const& texts) {
    SettingSources sources;
    sources.set("feed", {"file a:1", "file a:2"});
    try {
        parse_feed_settings(texts, sources);
    } catch (StartupError const& error) {
        EXPECT_EQ(error.status(), 2);
        return error.what();
    }
    return "";
}

TEST(FeedSettings, WhenATextIsNoFeed_NamesTheTextTheFaultAndTheSource) {
    EXPECT_EQ(refusal({"push", "sim?rate=0"}),
              "--feed: \"sim?rate=0\": sim: rate='0' is not ticks per second from 0.001 to "
              "1000000 (from file a:2)");
    EXPECT_EQ(refusal({"push", "sim"}), "");
}

TEST(FeedSettings, AnyTicker_WhenOneFeedIsPush_IsAllowed) {
    EXPECT_FALSE(any_ticker(parse_feed_settings({"sim", "replay:x"}, {})));
    EXPECT_TRUE(any_ticker(parse_feed_settings({"sim", "push"}, {})));
    EXPECT_FALSE(any_ticker({}));
}

TEST(Feeds, WhenMade_ThoseConfiguredAndPushAreShown) {
    TickerTable tickers{10};
    FeedMetrics metrics{feed_labels()};
    SystemClock const clock;
    QuoteRouter router{tickers, metrics, clock, {}};
    std::atomic<bool> live{true};
    asio::io_context io;
    FeedMonitor monitor{router, metrics, clock, std::chrono::seconds{15}, live};
    Feeds const feeds{parse_feed_settings({"sim?tickers=2", "sim?tickers=3"}, {}),
                      {tickers, router, io, clock},
                      monitor};
    EXPECT_EQ(metrics.of(feed_kind("sim")).shown.value(), 1);
    EXPECT_EQ(metrics.of(feed_kind("push")).shown.value(), 1);
    EXPECT_EQ(metrics.of(feed_kind("replay")).shown.value(), 0);
    EXPECT_EQ(tickers.known_count(), 3U);
}

}  // namespace
}  // namespace tickcast
