#include "feed/replay/replay_feed.hpp"

#include "support.hpp"

#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace tickcast {
namespace {

using std::chrono::milliseconds;
using test::gzipped;
using test::kHeaderLine;
using test::RecorderSink;
using test::TemporaryFile;

/// A row's time: that many milliseconds after kStartNs.
std::string at(std::int64_t ms) {
    return std::to_string(test::kStartNs + ms * 1'000'000);
}

std::string row(std::int64_t ms, std::string const& ticker = "A") {
    return at(ms) + "," + ticker + ",1.5,2,,,,\n";
}

constexpr Duration kRetry = milliseconds{20};

class ReplayFeedTest : public testing::Test {
protected:
    std::unique_ptr<ReplayFeed> open(std::string const& bytes, ReplaySpec spec) {
        file = std::make_unique<TemporaryFile>(bytes);
        spec.file = file->path();
        auto feed = ReplayFeed::open(spec, test::kReplay, context(table), kRetry);
        EXPECT_TRUE(feed) << (feed ? "" : feed.error());
        return feed ? *std::move(feed) : nullptr;
    }
    FeedContext context(TickerTable& tickers) {
        return {tickers, sink, io, clock, [this] { return streams(); }};
    }
    void play(std::string const& bytes, ReplaySpec const& spec) {
        auto const feed = open(bytes, spec);
        feed->start();
        EXPECT_TRUE(feed->up());
        io.run();
        EXPECT_FALSE(feed->up());
    }

    void run_until(std::function<bool()> const& done) {
        auto const patience = std::chrono::steady_clock::now() + std::chrono::seconds{20};
        while (!done()) {
            ASSERT_LT(std::chrono::steady_clock::now(), patience);
            if (io.stopped()) io.restart();
            io.run_one_for(milliseconds{100});
        }
    }
    void run_for(Duration time) {
        if (io.stopped()) io.restart();
        io.run_for(time);
    }

    std::size_t rows_after_sleep(Duration found);

    struct PausingClock : Clock {
        SteadyTime now() const noexcept override { return std::chrono::steady_clock::now(); }
        std::int64_t wall_us() const noexcept override { return SystemClock{}.wall_us(); }
        Duration left_out() const noexcept override { return found; }

        Duration found{0};
    };

    std::unique_ptr<TemporaryFile> file;
    TickerTable table{100};
    RecorderSink sink;
    asio::io_context io{1};
    PausingClock clock;
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
        EXPECT_EQ(ticks[0].source_time_us, test::kStartNs / 1000 + 1000);
        EXPECT_EQ(table.name(ticks[1].ticker).view(), "A");
        EXPECT_EQ(sink.batches.size(), 1U);
        EXPECT_EQ(sink.batches[0].feed, test::kReplay);
    }
}

// contract: RPL-8
TEST_F(ReplayFeedTest, WhenOpened_ItsTickersAreKnownBeforeItStarts) {
    auto const feed = open(kHeaderLine + row(1, "b") + row(2, "A"), fast_once);
    EXPECT_EQ(table.known_since(0, 9), (std::vector{test::ticker("B"), test::ticker("A")}));
    EXPECT_TRUE(feed->up());
    EXPECT_EQ(feed->kind(), test::kReplay);
}

TEST_F(ReplayFeedTest, WhenFileIsMissing_DoesNotOpen) {
    EXPECT_FALSE(ReplayFeed::open({.file = "/no/such/file"}, test::kReplay, context(table)));
}

// contract: RPL-9
TEST_F(ReplayFeedTest, WhenRowsAreBad_CountsEachByItsReasonAndKeepsTheRest) {
    play(kHeaderLine + row(1) + "junk\n" + at(2) + ",A,NaN,,,,,\n" + at(2) + ",A B,1,,,,,\n" +
             at(2) + ",A,1,-1,,,,\n" + "2,A,1,,,,,\n" + at(2) + ",A,,,,,,\n" +
             std::string(50'000, ',') + "\n" + row(3),
         fast_once);
    EXPECT_EQ(sink.total, 2U);
    EXPECT_EQ(sink.rejects(RejectReason::syntax), 4U);
    EXPECT_EQ(sink.rejects(RejectReason::ticker), 1U);
    EXPECT_EQ(sink.rejects(RejectReason::range), 2U);
    EXPECT_EQ(sink.rejects(RejectReason::limit), 0U);
    EXPECT_EQ(sink.rejected_feed, test::kReplay);
}

std::string long_text() {
    std::string text = kHeaderLine;
    for (std::int64_t i = 0; i < 2'000; ++i)
        text += row(i * 37, "T" + std::to_string(i % 9));
    return text;
}

TEST_F(ReplayFeedTest, WhenGzipIsCut_PlaysTheWholeRowsThenIsNotUp) {
    auto const packed = gzipped(long_text());
    play(packed.substr(0, packed.size() / 2), fast_once);
    EXPECT_GT(sink.total, 500U);
    EXPECT_LT(sink.total, 2'000U);
}

// contract: RPL-21
TEST_F(ReplayFeedTest, WhenGzipIsCutAndLooping_IsDownUntilItIsWhole) {
    auto const packed = gzipped(long_text());
    auto const feed = open(packed.substr(0, packed.size() / 2), {.speed = 0, .loop = true});
    feed->start();
    EXPECT_TRUE(feed->up());
    run_until([&] { return !feed->up(); });
    auto const played = sink.total;
    EXPECT_GT(played, 500U);
    run_for(3 * kRetry);
    EXPECT_FALSE(feed->up());
    EXPECT_EQ(sink.total, played) << "what is damaged still is not played again";
    file->write(packed);
    run_until([&] { return sink.total >= played + 2'000; });
    EXPECT_TRUE(feed->up());
    feed->stop();
}

TEST_F(ReplayFeedTest, WhenTheTableIsFull_RejectsRowsOfNewTickers) {
    std::string text = kHeaderLine;
    for (int i = 0; i < 102; ++i)
        text += row(1, "T" + std::to_string(i));
    play(text, fast_once);
    EXPECT_EQ(sink.total, 100U);
    EXPECT_EQ(sink.rejects(RejectReason::limit), 2U);
}

// contract: RPL-4
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

// contract: RPL-4
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
    auto const feed = open(kHeaderLine + row(0) + row(std::int64_t{365} * 86'400'000),
                           {.speed = 0.00000001, .loop = false});
    sink.on_ingest = [&] { asio::post(io, [&] { feed->stop(); }); };
    feed->start();
    io.run();
    EXPECT_EQ(sink.total, 1U);
}

// contract: RPL-5
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
    EXPECT_LE(total_then, ReplayPlayer::kMaxBatch);
    for (auto const& batch : sink.batches)
        EXPECT_LE(batch.ticks.size(), ReplayPlayer::kMaxBatch);
}

TEST_F(ReplayFeedTest, WhenManyRowsAreDueAtOnce_BatchesAreBounded) {
    std::string text = kHeaderLine;
    for (int i = 0; i < 1'000; ++i)
        text += row(5);
    play(text, {.loop = false});
    EXPECT_EQ(sink.total, 1'000U);
    for (auto const& batch : sink.batches)
        EXPECT_LE(batch.ticks.size(), ReplayPlayer::kMaxBatch);
}

// contract: RPL-7
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
            ASSERT_EQ(ticks[i].source_time_us,
                      test::kStartNs / 1'000 + 1'000 * (1 + static_cast<std::int64_t>(i % 3)));
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
    EXPECT_GE(sink.batches[1].at - began, ReplayPacer::kMinPass);
    EXPECT_GE(sink.batches[2].at - began, 2 * ReplayPacer::kMinPass);
}

TEST_F(ReplayFeedTest, WhenThereIsNoGoodRow_EndsOrWaitsForOneIfLooping) {
    play(kHeaderLine, fast_once);
    io.restart();
    for (auto const* const bytes : {"", "junk\n"}) {
        auto const feed = open(kHeaderLine + bytes, {.speed = 0, .loop = true});
        feed->start();
        run_until([&] { return !feed->up(); });
        run_for(3 * kRetry);
        EXPECT_FALSE(feed->up());
        feed->stop();
    }
    EXPECT_EQ(sink.total, 0U);
    EXPECT_EQ(sink.rejects(RejectReason::syntax), 1U) << "not read again while it is as it was";
}

// contract: RPL-21
TEST_F(ReplayFeedTest, WhenItsFileIsEmptiedOrGone_IsDownUntilItIsBack) {
    auto const text = kHeaderLine + row(1) + row(2);
    auto const spoilers = std::vector<std::function<void()>>{
        [&] { file->write(""); },
        [&] { file->write("PK\3\4"); },
        [&] { file->write(kHeaderLine); },
        [&] { file->write(kHeaderLine + "1700000000,A,1,,,,,\n"); },
        [&] { file->replace("ts_ns;ticker\n"); },
        [&] { file->write(gzipped(text).substr(0, 30)); },
        [&] { std::filesystem::remove(file->path()); },
        [&] {
            std::filesystem::remove(file->path());
            std::filesystem::create_directory(file->path());
        }};
    for (auto const& spoil : spoilers) {
        auto const feed = open(text, {.speed = 0, .loop = true});
        feed->start();
        run_until([&] { return sink.total >= 10; });
        EXPECT_TRUE(feed->up());
        spoil();
        run_until([&] { return !feed->up(); });
        auto const played = sink.total;
        run_for(2 * kRetry);
        EXPECT_EQ(sink.total, played);
        EXPECT_FALSE(feed->up());
        std::filesystem::remove(file->path());
        file->write(gzipped(text));
        run_until([&] { return sink.total >= played + 10; });
        EXPECT_TRUE(feed->up());
        feed->stop();
        sink.total = 0;
        io.restart();
    }
}

TEST_F(ReplayFeedTest, WhenItsFileIsReplaced_PlaysTheNewOneAndIsNeverDown) {
    auto const feed = open(kHeaderLine + row(1), {.speed = 0, .loop = true});
    feed->start();
    run_until([&] { return sink.total >= 10; });
    file->replace("ticker,ts_ms" + kHeaderLine.substr(12) + "NEW,1700000000001,7,,,,,\n");
    run_until([&] {
        EXPECT_TRUE(feed->up());
        return table.known_count() == 2;
    });
    run_until([&] { return sink.batches.back().ticks.back().bid == test::decimal("7"); });
    auto const tick = sink.batches.back().ticks.back();
    EXPECT_EQ(table.name(tick.ticker).view(), "NEW");
    EXPECT_EQ(tick.source_time_us, 1'700'000'000'001'000);
    feed->stop();
}

// contract: RPL-21
TEST_F(ReplayFeedTest, WhenItsFileIsCutInPlaceAmidAPass_StartsOverWithWhatIsThere) {
    auto const feed = open(long_text(), {.speed = 0, .loop = true});
    bool cut = false;
    sink.on_ingest = [&] {
        if (!std::exchange(cut, true)) file->write(kHeaderLine + row(5, "NEW"));
    };
    feed->start();
    run_until([&] { return table.find_known(test::ticker("NEW")).has_value(); });
    EXPECT_TRUE(feed->up());
    EXPECT_EQ(sink.rejects(RejectReason::syntax), 0U);
    feed->stop();
}

// contract: RPL-21
TEST_F(ReplayFeedTest, WhenItsFileIsReplacedInALongWait_StartsOverButNotWhereItOnlyGrew) {
    auto const text = kHeaderLine + row(1) + row(3'600'000);
    for (bool const in_place : {true, false}) {
        sink = {};
        io.restart();
        auto const feed = open(text, {.loop = true});
        feed->start();
        run_until([&] { return sink.total == 1; });
        file->write(text + row(3'600'001));
        run_for(3 * kRetry);
        EXPECT_EQ(sink.total, 1U) << "the wait goes on";
        auto const fixed = kHeaderLine + row(1) + row(2) + row(3, "NEW");
        in_place ? file->write(fixed) : file->replace(fixed);
        run_until([&] { return sink.total >= 4; });
        EXPECT_TRUE(feed->up());
        feed->stop();
    }
}

TEST_F(ReplayFeedTest, WhenItsFileIsReplacedAndPlayedOnce_StillEnds) {
    auto const feed = open(kHeaderLine + row(1) + row(2), {.speed = 0, .loop = false});
    sink.on_ingest = [&] { file->replace(kHeaderLine + row(7)); };
    feed->start();
    io.run();
    EXPECT_EQ(sink.total, 2U);
    EXPECT_FALSE(feed->up());
}

// contract: RPL-21
TEST_F(ReplayFeedTest, WhenItsFileIsChangedWhileItWaitsForStreams_PlaysTheNewOne) {
    for (bool const loop : {true, false}) {
        sink = {};
        io.restart();
        auto const feed =
            open(kHeaderLine + row(1), {.speed = 0, .loop = loop, .start_after_streams = 1});
        std::uint64_t count = 0;
        streams = [&] { return count; };
        feed->start();
        run_for(milliseconds{10});
        file->write(kHeaderLine + row(3, "NEW") + row(4, "NEW"));
        count = 1;
        run_until([&] { return sink.total >= 2; });
        EXPECT_EQ(table.name(sink.ticks().front().ticker).view(), "NEW");
        feed->stop();
    }
}

TEST_F(ReplayFeedTest, WhenItsFileIsGoneWhenStreamsCome_EndsIfPlayedOnceElseWaitsForIt) {
    for (bool const loop : {true, false}) {
        io.restart();
        auto const feed =
            open(kHeaderLine + row(1), {.speed = 0, .loop = loop, .start_after_streams = 1});
        std::uint64_t count = 0;
        streams = [&] { return count; };
        feed->start();
        std::filesystem::remove(file->path());
        count = 1;
        run_until([&] { return !feed->up(); });
        EXPECT_FALSE(feed->waiting());
        if (loop) {
            file->write(kHeaderLine + row(1));
            run_until([&] { return feed->up() && sink.total > 0; });
            feed->stop();
        }
    }
}

/// Files that cannot be examined in one step, each with its error; empty if it can be played.
struct HardFile {
    char const* name;
    std::string bytes;
    std::string why;
};

std::vector<HardFile> hard_files() {
    std::string const newlines(std::size_t{12} << 20, '\n');
    std::string const filler(CsvTickReader::kMostLookedAt / 64 - 200, '7');
    std::string wide = kHeaderLine.substr(0, kHeaderLine.size() - 1) + ",other\n";
    for (int i = 0; i < 1'000; ++i)
        wide += at(i) + ",A,x,2,,,,," + filler + "\n";
    std::string empty_members;
    for (auto const member = gzipped(""); empty_members.size() < (std::size_t{16} << 20);)
        empty_members += member;
    std::string quotes = kHeaderLine;
    for (int i = 0; i < 20'000; ++i)
        quotes += at(i) + ",\"" + std::string(900, 'A') + "\n";
    return {{"blank lines alone", gzipped(newlines), "only blank lines"},
            {"blank lines behind the header", gzipped(kHeaderLine + newlines + row(1, "NEW")), ""},
            {"wide rows", gzipped(wide + at(1) + ",NEW,1,2,,,,,\n"), ""},
            {"members without content", empty_members + gzipped(kHeaderLine + row(1, "NEW")), ""},
            {"open quotes", quotes + row(1, "NEW"), ""}};
}

// contract: PSH-16
TEST_F(ReplayFeedTest, WhenItsFileIsReplacedByOneThatIsHardToReadAgain_OthersGetTheirTurns) {
    for (auto const& hard : hard_files()) {
        TickerTable own{100};
        file = std::make_unique<TemporaryFile>(kHeaderLine + row(1));
        ReplaySpec const spec{.file = file->path(), .speed = 0, .loop = true};
        auto opened = ReplayFeed::open(spec, test::kReplay, context(own), kRetry);
        ASSERT_TRUE(opened);
        auto const& feed = *opened;
        feed->start();
        sink = {};
        run_until([&] { return sink.total >= 2; });
        file->replace(hard.bytes);
        auto const longest = test::longest_turn(io, [&] {
            sink.batches.clear();
            return hard.why.empty() ? own.find_known(test::ticker("NEW")).has_value() : !feed->up();
        });
        EXPECT_LE(longest, test::kLongestTurn) << hard.name;
        feed->stop();
    }
}

/// One row every 100 ms; the thread sleeps for 1.5 s. Returns how many rows came soon after.
std::size_t ReplayFeedTest::rows_after_sleep(Duration found) {
    sink = {};
    std::string text = kHeaderLine;
    for (std::int64_t i = 0; i < 40; ++i)
        text += row(i * 100);
    auto const feed = open(text, {.loop = false});
    io.restart();
    feed->start();
    run_until([&] { return sink.total >= 2; });
    auto const before = sink.total;
    // The clock's own tick, which is also due within the sleep, but after the feed's turn.
    SteadyTimer tick{io, std::chrono::steady_clock::now() + milliseconds{400}};
    tick.async_wait([&](SystemError) { clock.found += found; });
    std::this_thread::sleep_for(milliseconds{1'500});
    run_for(milliseconds{250});
    feed->stop();
    return sink.total - before;
}

TEST_F(ReplayFeedTest, WhenTheProcessStoodStill_GoesOnWhereItStood) {
    auto const rows = rows_after_sleep(milliseconds{1'900});
    EXPECT_LT(rows, 12U) << "15 rows were due meanwhile";
    EXPECT_GT(rows, 0U);
    EXPECT_LT(rows_after_sleep(milliseconds{1'400}), 12U) << "another pause";
}

TEST_F(ReplayFeedTest, WhenItsThreadWasLateWithoutAPause_CatchesUp) {
    EXPECT_GE(rows_after_sleep(Duration{0}), 15U);
}

// contract: RPL-6
TEST_F(ReplayFeedTest, WhenSetToWaitForStreams_StartsWithTheLastOfThem) {
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
