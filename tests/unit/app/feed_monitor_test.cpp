#include "app/feed_monitor.hpp"

#include "support/manual_clock.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <vector>

namespace tickcast {
namespace {

using namespace std::chrono_literals;
using Silence = FeedMonitor::Silence;

struct FakeFeed final : Feed {
    using Feed::Feed;
    void start() override {}
    void stop() noexcept override {}
    bool up() const noexcept override { return is_up; }
    bool waiting() const noexcept override { return is_waiting; }

    bool is_up{true};
    bool is_waiting{false};
};

constexpr FeedKind kOne{0};
constexpr FeedKind kOther{1};
constexpr Duration kStaleAfter = 15s;

class FeedMonitorTest : public testing::Test {
protected:
    bool live() {
        monitor_.look();
        EXPECT_EQ(monitor_.state(), live_ ? "live" : "stale");
        return live_;
    }
    void tick(FeedKind kind) {
        TickUpdate update;
        update.ticker = *tickers_.make_known(*Ticker::parse("A"));
        update.last = Decimal{};
        router_.ingest(kind, {&update, 1});
    }
    std::int64_t up(FeedKind kind) { return metrics_.of(kind).up.value(); }
    std::int64_t shown(FeedKind kind) { return metrics_.of(kind).shown.value(); }

    TickerTable tickers_{10};
    FeedMetrics metrics_{{"one", "other"}};
    test::ManualClock clock_;
    QuoteRouter router_{tickers_, metrics_, clock_, {}};
    std::atomic<bool> live_{true};
    FeedMonitor monitor_{router_, metrics_, clock_, kStaleAfter, live_};
    FakeFeed one_{kOne};
    FakeFeed other_{kOther};
};

TEST_F(FeedMonitorTest, Look_WhenNoTickComes_IsStaleAfterItsTimeFromTheStart) {
    monitor_.watch(one_, Silence::counts);
    clock_.advance(kStaleAfter - 1ns);
    EXPECT_TRUE(live());
    clock_.advance(1ns);
    EXPECT_FALSE(live());
    tick(kOne);
    EXPECT_TRUE(live());
    clock_.advance(kStaleAfter - 1ns);
    EXPECT_TRUE(live());
    clock_.advance(1ns);
    EXPECT_FALSE(live());
}

TEST_F(FeedMonitorTest, Look_WhenTheFeedIsThereInAnyCase_ItCountsFromItsFirstTick) {
    monitor_.watch(one_, Silence::counts);
    monitor_.watch(other_, Silence::counts_after_a_tick);
    one_.is_up = false;
    EXPECT_FALSE(live());
    tick(kOther);
    EXPECT_TRUE(live());
    clock_.advance(kStaleAfter);
    EXPECT_FALSE(live());
}

TEST_F(FeedMonitorTest, Look_WhenAFeedHasEnded_ItsNewTicksDoNotCount) {
    monitor_.watch(one_, Silence::counts);
    tick(kOne);
    one_.is_up = false;
    EXPECT_FALSE(live());
}

TEST_F(FeedMonitorTest, Look_WhenAFeedWaitsForItsStart_IsLiveThoughQuiet) {
    monitor_.watch(one_, Silence::counts);
    one_.is_waiting = true;
    clock_.advance(10 * kStaleAfter);
    EXPECT_TRUE(live());
    one_.is_waiting = false;
    EXPECT_FALSE(live());
}

TEST_F(FeedMonitorTest, Look_OfSeveralFeeds_IsStaleOnlyIfAllAre) {
    monitor_.watch(one_, Silence::counts);
    monitor_.watch(other_, Silence::counts);
    clock_.advance(kStaleAfter);
    tick(kOther);
    EXPECT_TRUE(live());
    clock_.advance(kStaleAfter);
    EXPECT_FALSE(live());
}

/// For every kind: a new row of the registry needs no change here.
TEST_F(FeedMonitorTest, Look_OfEachKind_SetsUpWhileOneOfItsFeedsIs) {
    FakeFeed second{kOne};
    monitor_.watch(one_, Silence::counts);
    monitor_.watch(second, Silence::counts);
    monitor_.watch(other_, Silence::counts_after_a_tick);
    monitor_.look();
    EXPECT_EQ(up(kOne), 1);
    EXPECT_EQ(up(kOther), 1);
    one_.is_up = false;
    monitor_.look();
    EXPECT_EQ(up(kOne), 1);
    second.is_up = false;
    monitor_.look();
    EXPECT_EQ(up(kOne), 0);
    EXPECT_EQ(up(kOther), 1);
}

TEST_F(FeedMonitorTest, Watch_ShowsTheKindInTheMetrics) {
    monitor_.watch(other_, Silence::counts_after_a_tick);
    EXPECT_EQ(shown(kOne), 0);
    EXPECT_EQ(shown(kOther), 1);
}

}  // namespace
}  // namespace tickcast
