#include "tickcast/feed/replay_feed.hpp"

#include "support.hpp"

#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>

namespace tickcast {
namespace {

using std::chrono::milliseconds;
using test::gzipped;
using test::kHeaderLine;
using test::RecorderSink;
using test::TemporaryFile;

std::string row(std::int64_t ts_ms, std::string const& ticker = "A") {
    return std::to_string(ts_ms * 1'000'000) + "," + ticker + ",1.5,2,,,,\n";
}

class ReplayFeedTest : public testing::Test {
protected:
    std::unique_ptr<ReplayFeed> open(std::string const& bytes, ReplaySpec spec) {
        file = std::make_unique<TemporaryFile>(bytes);
        spec.file = file->path();
        auto feed = ReplayFeed::open(spec, table, sink, io, clock, [this] { return streams(); });
        EXPECT_TRUE(feed) << (feed ? "" : feed.error());
        return feed ? *std::move(feed) : nullptr;
    }
    void play(std::string const& bytes, ReplaySpec const& spec) {
        auto const feed = open(bytes, spec);
        feed->start();
        EXPECT_TRUE(feed->up());
        io.run();
        EXPECT_FALSE(feed->up());
    }

    std::unique_ptr<TemporaryFile> file;
    TickerTable table{100};
    RecorderSink sink;
    asio::io_context io{1};
    SystemClock clock;
    std::function<std::uint64_t()> streams{[] { return 0; }};
    ReplaySpec const fast_once{.speed = 0, .loop = false};
};

TEST_F(ReplayFeedTest, WhenPlayedOnce_GivesAllRowsThenIsNotUp) {
    for (auto const& bytes : {kHeaderLine + row(1, "b") + row(2, "A"),
                              gzipped(kHeaderLine + row(1, "b") + row(2, "A"))}) {
        sink = {};
        io.restart();
        play(bytes, fast_once);
        auto const ticks = sink.ticks();
        ASSERT_EQ(ticks.size(), 2U);
        EXPECT_EQ(table.name(ticks[0].ticker).view(), "B");
        EXPECT_EQ(ticks[0].bid, test::decimal("1.5"));
        EXPECT_EQ(ticks[0].source_time_us, 1000);
        EXPECT_EQ(table.name(ticks[1].ticker).view(), "A");
        EXPECT_EQ(sink.batches.size(), 1U);
        EXPECT_EQ(sink.batches[0].feed, FeedKind::replay);
    }
}

TEST_F(ReplayFeedTest, WhenOpened_ItsTickersAreKnownBeforeItStarts) {
    auto const feed = open(kHeaderLine + row(1, "b") + row(2, "A"), fast_once);
    EXPECT_EQ(table.known(), (std::vector{test::ticker("A"), test::ticker("B")}));
    EXPECT_TRUE(feed->up());
    EXPECT_EQ(feed->kind(), FeedKind::replay);
}

TEST_F(ReplayFeedTest, WhenFileIsMissing_DoesNotOpen) {
    EXPECT_FALSE(ReplayFeed::open({.file = "/no/such/file"}, table, sink, io, clock, streams));
}

TEST_F(ReplayFeedTest, WhenRowsAreBad_CountsEachByItsReasonAndKeepsTheRest) {
    play(kHeaderLine + row(1) + "junk\n" + "2,A,NaN,,,,,\n" + "2,A B,1,,,,,\n" + "2,A,1,-1,,,,\n" +
             "2,A,,,,,,\n" + std::string(5'000, ',') + "\n" + row(3),
         fast_once);
    EXPECT_EQ(sink.total, 2U);
    EXPECT_EQ(sink.rejects(RejectReason::syntax), 4U);
    EXPECT_EQ(sink.rejects(RejectReason::ticker), 1U);
    EXPECT_EQ(sink.rejects(RejectReason::range), 1U);
    EXPECT_EQ(sink.rejects(RejectReason::limit), 0U);
    EXPECT_EQ(sink.rejected_feed, FeedKind::replay);
}

TEST_F(ReplayFeedTest, WhenGzipIsCut_GivesWhatWasWholeThenIsNotUpEvenIfLooping) {
    std::string text = kHeaderLine;
    for (std::int64_t i = 0; i < 2'000; ++i)
        text += row(i * 37, "T" + std::to_string(i % 9));
    auto const packed = gzipped(text);
    play(packed.substr(0, packed.size() / 2), {.speed = 0, .loop = true});
    EXPECT_GT(sink.total, 500U);
    EXPECT_LT(sink.total, 2'000U);
}

TEST_F(ReplayFeedTest, WhenTheTableIsFull_RejectsRowsOfNewTickers) {
    std::string text = kHeaderLine;
    for (int i = 0; i < 102; ++i)
        text += row(1, "T" + std::to_string(i));
    play(text, fast_once);
    EXPECT_EQ(sink.total, 100U);
    EXPECT_EQ(sink.rejects(RejectReason::limit), 2U);
}

TEST_F(ReplayFeedTest, WhenPaced_NoRowIsEarlyAndRowsOfOneInstantAreOneBatch) {
    auto const began = std::chrono::steady_clock::now();
    play(kHeaderLine + row(1'000) + row(1'000) + row(1'020) + row(1'060) + row(1'060),
         {.loop = false});
    ASSERT_EQ(sink.batches.size(), 3U);
    EXPECT_EQ(sink.batches[0].ticks.size(), 2U);
    EXPECT_EQ(sink.batches[1].ticks.size(), 1U);
    EXPECT_EQ(sink.batches[2].ticks.size(), 2U);
    EXPECT_GE(sink.batches[1].at - began, milliseconds{20});
    EXPECT_GE(sink.batches[2].at - began, milliseconds{60});
}

TEST_F(ReplayFeedTest, WhenSpeedIsAFactor_TimesAreDividedByIt) {
    auto const began = std::chrono::steady_clock::now();
    play(kHeaderLine + row(1) + row(11), {.speed = 0.25, .loop = false});
    EXPECT_GE(sink.batches.at(1).at - began, milliseconds{40});

    sink = {};
    io.restart();
    // A million times faster than an hour and a bit: 4 ms. At speed 1 the test would time out.
    play(kHeaderLine + row(0) + row(4'000'000), {.speed = 1e6, .loop = false});
    EXPECT_EQ(sink.total, 2U);
}

TEST_F(ReplayFeedTest, WhenTimesGoBack_RowsAreDueAtOnce) {
    play(kHeaderLine + row(5'000) + row(1) + row(4'999), {.loop = false});
    EXPECT_EQ(sink.total, 3U);
}

TEST_F(ReplayFeedTest, WhenATimeIsAbsurd_WaitsAndCanBeStopped) {
    auto const feed = open(kHeaderLine + row(0) + "9223372036854775807,A,1,,,,,\n",
                           {.speed = 0.00000001, .loop = false});
    sink.on_ingest = [&] { asio::post(io, [&] { feed->stop(); }); };
    feed->start();
    io.run();
    EXPECT_EQ(sink.total, 1U);
}

TEST_F(ReplayFeedTest, WhenAsFastAsPossible_GoesInBoundedBatchesAndLetsOthersIn) {
    std::string text = kHeaderLine;
    for (std::int64_t i = 0; i < 2'000; ++i)
        text += row(i * 1'000);
    auto const feed = open(text, fast_once);
    bool other_ran = false;
    std::size_t total_then = 0;
    feed->start();
    asio::post(io, [&] {
        other_ran = true;
        total_then = sink.total;
    });
    io.run();
    EXPECT_EQ(sink.total, 2'000U);
    EXPECT_TRUE(other_ran);
    EXPECT_LE(total_then, ReplayFeed::kMaxBatch);
    for (auto const& batch : sink.batches)
        EXPECT_LE(batch.ticks.size(), ReplayFeed::kMaxBatch);
}

TEST_F(ReplayFeedTest, WhenManyRowsAreDueAtOnce_BatchesAreBounded) {
    std::string text = kHeaderLine;
    for (int i = 0; i < 1'000; ++i)
        text += row(5);
    play(text, {.loop = false});
    EXPECT_EQ(sink.total, 1'000U);
    for (auto const& batch : sink.batches)
        EXPECT_LE(batch.ticks.size(), ReplayFeed::kMaxBatch);
}

TEST_F(ReplayFeedTest, WhenLooping_StartsOverAndTimesGoBack) {
    for (auto const& bytes : {kHeaderLine + row(1) + row(2) + row(3),
                              gzipped(kHeaderLine + row(1) + row(2) + row(3))}) {
        sink = {};
        io.restart();
        auto const feed = open(bytes, {.speed = 0, .loop = true});
        sink.on_ingest = [&] {
            if (sink.total >= 1'000) feed->stop();
        };
        feed->start();
        io.run();
        EXPECT_FALSE(feed->up());
        auto const ticks = sink.ticks();
        ASSERT_GE(ticks.size(), 1'000U);
        for (std::size_t i = 0; i < ticks.size(); ++i) {
            ASSERT_EQ(ticks[i].source_time_us, 1'000 * (1 + static_cast<std::int64_t>(i % 3)));
        }
    }
}

TEST_F(ReplayFeedTest, WhenLoopingAFileOfOneInstant_PassesAreSpaced) {
    auto const feed = open(kHeaderLine + row(1), {.loop = true});
    auto const began = std::chrono::steady_clock::now();
    sink.on_ingest = [&] {
        if (sink.total >= 3) feed->stop();
    };
    feed->start();
    io.run();
    ASSERT_EQ(sink.batches.size(), 3U);
    EXPECT_GE(sink.batches[1].at - began, ReplayFeed::kMinPass);
    EXPECT_GE(sink.batches[2].at - began, 2 * ReplayFeed::kMinPass);
}

TEST_F(ReplayFeedTest, WhenThereIsNoGoodRow_EndsEvenIfLooping) {
    play(kHeaderLine, {.loop = true});
    io.restart();
    play(kHeaderLine + "junk\n", {.speed = 0, .loop = true});
    EXPECT_EQ(sink.total, 0U);
    EXPECT_EQ(sink.rejects(RejectReason::syntax), 1U);
}

TEST_F(ReplayFeedTest, WhenToldToWaitForStreams_StartsWithTheLastOfThem) {
    auto const feed =
        open(kHeaderLine + row(1), {.speed = 0, .loop = false, .start_after_streams = 3});
    std::uint64_t polls = 0;
    streams = [&]() -> std::uint64_t {
        EXPECT_TRUE(feed->waiting());
        EXPECT_TRUE(feed->up());
        EXPECT_EQ(sink.total, 0U);
        return ++polls;
    };
    EXPECT_TRUE(feed->waiting());
    sink.on_ingest = [&] { EXPECT_FALSE(feed->waiting()); };
    feed->start();
    io.run();
    EXPECT_EQ(polls, 3U);
    EXPECT_EQ(sink.total, 1U);
    EXPECT_FALSE(feed->waiting());
}

TEST_F(ReplayFeedTest, WhenStoppedWhileWaiting_IsNeitherWaitingNorUp) {
    auto const feed = open(kHeaderLine + row(1), {.start_after_streams = 1});
    feed->start();
    io.run_one();
    feed->stop();
    feed->stop();
    io.run();
    EXPECT_FALSE(feed->waiting());
    EXPECT_FALSE(feed->up());
    EXPECT_EQ(sink.total, 0U);
}

TEST_F(ReplayFeedTest, WhenDestroyedWithATurnQueued_PublishesNothing) {
    auto feed = open(kHeaderLine + row(1), fast_once);
    feed->start();
    feed.reset();
    io.run();
    EXPECT_EQ(sink.total, 0U);
}

}  // namespace
}  // namespace tickcast
