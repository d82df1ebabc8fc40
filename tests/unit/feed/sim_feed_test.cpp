#include "feed/sim/sim_feed.hpp"

#include "feed/sim/sim_universe.hpp"
#include "support.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <vector>

namespace tickcast {
namespace {

using test::RecorderSink;
using test::SteppingClock;

class SimFeedTest : public testing::Test {
protected:
    /// Runs until about that many ticks came, and stops the feed from within the sink.
    void run(SimSpec const& spec, std::size_t ticks) {
        SimFeed feed{spec, test::kSim, {table, sink, io, clock}};
        sink.on_ingest = [&] {
            if (sink.total >= ticks) feed.stop();
        };
        feed.start();
        EXPECT_TRUE(feed.up());
        EXPECT_FALSE(feed.waiting());
        io.restart();
        io.run();
        EXPECT_FALSE(feed.up());
        sink.on_ingest = nullptr;
    }

    TickerTable table{1000};
    RecorderSink sink;
    asio::io_context io{1};
    SteppingClock clock;
};

TEST_F(SimFeedTest, WhenMade_ItsTickersAreKnown) {
    SimFeed const feed{{.tickers = 3}, test::kSim, {table, sink, io, clock}};
    EXPECT_EQ(table.known_since(0, 9),
              (std::vector{test::ticker("AAPL"), test::ticker("MSFT"), test::ticker("NVDA")}));
    EXPECT_EQ(feed.kind(), test::kSim);
    EXPECT_EQ(sink.total, 0U);
}

TEST_F(SimFeedTest, WhenStopped_PublishesNothingMore) {
    run({.tickers = 5, .rate = 100'000}, 50);
    EXPECT_EQ(sink.total, 50U);
    io.restart();
    io.run();
    EXPECT_EQ(sink.total, 50U);
}

TEST_F(SimFeedTest, WhenDestroyedWithATurnQueued_PublishesNothing) {
    auto feed =
        std::make_unique<SimFeed>(SimSpec{}, test::kSim, FeedContext{table, sink, io, clock});
    feed->start();
    feed.reset();
    io.run();
    EXPECT_EQ(sink.total, 0U);
}

// contract: SIM-4
TEST_F(SimFeedTest, WhenBurstIsSet_EachBurstIsOneBatch) {
    run({.tickers = 5, .rate = 100'000, .burst = 20}, 200);
    ASSERT_EQ(sink.batches.size(), 10U);
    for (auto const& batch : sink.batches) {
        EXPECT_EQ(batch.ticks.size(), 20U);
        EXPECT_EQ(batch.feed, test::kSim);
        EXPECT_EQ(batch.ticks.front().source_time_us, clock.wall_us());
    }
}

TEST_F(SimFeedTest, WhenPacedDifferently_TheSequenceIsTheSame) {
    run({.tickers = 20, .rate = 1'000'000, .burst = 1, .seed = 9}, 600);
    auto const one = sink.ticks();
    sink.batches.clear();
    sink.total = 0;
    clock.step = std::chrono::milliseconds{50};
    run({.tickers = 20, .rate = 500, .burst = 30, .seed = 9}, 600);
    auto const two = sink.ticks();
    ASSERT_EQ(one.size(), two.size());
    for (std::size_t i = 0; i < one.size(); ++i) {
        ASSERT_EQ(one[i].ticker, two[i].ticker) << i;
        ASSERT_EQ(one[i].bid, two[i].bid) << i;
        ASSERT_EQ(one[i].last_size, two[i].last_size) << i;
    }
}

TEST_F(SimFeedTest, WhenManyTicksAreDue_OthersGetTheirTurnAfterAThousand) {
    clock.step = Duration{0};
    SimFeed feed{{.tickers = 5, .rate = 1'000'000}, test::kSim, {table, sink, io, clock}};
    feed.start();
    clock.time += std::chrono::milliseconds{500};  // half a million ticks are due
    io.run_one();
    EXPECT_EQ(sink.total, 1000U);
    io.run_one();
    EXPECT_EQ(sink.total, 2000U);
    feed.stop();
}

TEST_F(SimFeedTest, WhenTicksTakeTheirTime_OthersGetTheirTurnAfterTwoMilliseconds) {
    SimFeed feed{{.tickers = 5, .rate = 1'000'000}, test::kSim, {table, sink, io, clock}};
    feed.start();
    clock.time += std::chrono::milliseconds{500};
    clock.step = std::chrono::microseconds{500};
    io.run_one();
    EXPECT_EQ(sink.total, 4U);
    feed.stop();
}

TEST_F(SimFeedTest, WhenStalledForLong_CatchesUpOneSecond) {
    clock.step = Duration{0};
    SimFeed feed{{.tickers = 5, .rate = 100}, test::kSim, {table, sink, io, clock}};
    feed.start();
    clock.time += std::chrono::hours{1};
    io.run_one();
    EXPECT_EQ(sink.total, 101U);
    feed.stop();
}

TEST_F(SimFeedTest, WhenOnTheRealClock_IsNeverAheadOfItsRate) {
    SystemClock const real;
    SimFeed feed{{.tickers = 5, .rate = 1000, .burst = 10}, test::kSim, {table, sink, io, real}};
    sink.on_ingest = [&] {
        if (sink.total >= 100) feed.stop();
    };
    auto const began = std::chrono::steady_clock::now();
    feed.start();
    io.run();
    ASSERT_EQ(sink.batches.size(), 10U);
    for (std::size_t i = 0; i < 10; ++i) {
        EXPECT_GE(sink.batches[i].at - began, std::chrono::milliseconds{10} * i) << i;
    }
}

TEST_F(SimFeedTest, WhenTheTableIsFull_LeavesTickersOutAndCountsThem) {
    TickerTable small{3};
    SimFeed feed{{.tickers = 5, .rate = 100'000}, test::kSim, {small, sink, io, clock}};
    EXPECT_EQ(small.known_count(), 3U);
    EXPECT_EQ(sink.rejects(RejectReason::limit), 2U);
    EXPECT_EQ(sink.rejected_feed, test::kSim);
    sink.on_ingest = [&] {
        if (sink.total >= 100) feed.stop();
    };
    feed.start();
    io.run();
    for (auto const& tick : sink.ticks())
        EXPECT_LT(tick.ticker.value, 3U);
}

TEST_F(SimFeedTest, WhenNoTickerFits_IsNotUp) {
    TickerTable none{0};
    SimFeed feed{{.tickers = 5}, test::kSim, {none, sink, io, clock}};
    feed.start();
    io.run();
    EXPECT_FALSE(feed.up());
    EXPECT_EQ(sink.total, 0U);
}

}  // namespace
}  // namespace tickcast
