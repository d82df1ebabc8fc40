#include "tickcast/feed/push/push_feed.hpp"

#include "feed/push/push_job.hpp"
#include "feed/push/push_queue.hpp"
#include "support.hpp"
#include "tickcast/hub/quote_router.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tickcast {
namespace {

using test::RecorderSink;
using test::SteppingClock;

struct PushFeedTest : testing::Test {
    ErrorCode refused(std::string const& body) {
        auto const result = feed.push(body, PushFormat::ndjson);
        EXPECT_FALSE(result) << body;
        return result ? ErrorCode::internal : result.error().code;
    }

    /// The result of a large body.
    using Answer = std::optional<Result<std::size_t>>;
    static Awaitable<> wait(PushFeed* feed, std::string_view body, Answer* answer) {
        *answer = co_await feed->push_in_slices(body, PushFormat::ndjson);
    }
    void spawn(std::string const& body, Answer& answer) {
        asio::co_spawn(io, wait(&feed, body, &answer), rethrow);
    }
    /// Ticks of B whose prices count up.
    static std::string large(int ticks) {
        std::string body;
        for (int i = 0; i < ticks; ++i)
            body += R"({"s":"B","p":)" + std::to_string(i) + "}\n";
        return body;
    }

    TickerTable table{3};
    RecorderSink sink;
    asio::io_context io;
    SystemClock const clock;
    PushFeed feed{test::kPush, {table, sink, io, clock}};
};

// contract: PSH-1
TEST_F(PushFeedTest, WhenTicksArrive_IngestsThemAsOneBatchAndMakesTickersKnown) {
    auto const taken = feed.push(
        "{\"s\":\"B\",\"p\":1}\n{\"s\":\"a\",\"p\":2}\n{\"s\":\"B\",\"b\":3}", PushFormat::ndjson);
    ASSERT_TRUE(taken);
    EXPECT_EQ(*taken, 3U);
    ASSERT_EQ(sink.batches.size(), 1U);
    EXPECT_EQ(sink.batches[0].feed, test::kPush);
    auto const& ticks = sink.batches[0].ticks;
    ASSERT_EQ(ticks.size(), 3U);
    EXPECT_EQ(ticks[0].ticker, ticks[2].ticker);
    EXPECT_EQ(table.name(ticks[1].ticker).view(), "A");
    EXPECT_EQ(ticks[2].bid, test::decimal("3"));
    EXPECT_EQ(table.known_since(0, 9), (std::vector{test::ticker("B"), test::ticker("A")}));
}

TEST_F(PushFeedTest, WhenBodyIsEmpty_TakesNothingIn) {
    auto const taken = feed.push("[]", PushFormat::array);
    ASSERT_TRUE(taken);
    EXPECT_EQ(*taken, 0U);
    EXPECT_TRUE(sink.batches.empty());
}

TEST_F(PushFeedTest, WhenBodyIsRefused_CountsItOnceByItsReasonAndAppliesNothing) {
    std::string const good = "{\"s\":\"A\",\"p\":1}\n";
    EXPECT_EQ(refused(good + "x\nx\n"), ErrorCode::invalid_json);
    EXPECT_EQ(refused(good + "1"), ErrorCode::invalid_type);
    EXPECT_EQ(refused(good + R"({"q":1})"), ErrorCode::unknown_field);
    EXPECT_EQ(sink.rejects(RejectReason::syntax), 3U);
    EXPECT_EQ(refused(good + R"({"s":"?","p":1})"), ErrorCode::invalid_ticker);
    EXPECT_EQ(sink.rejects(RejectReason::ticker), 1U);
    EXPECT_EQ(refused(good + R"({"s":"A","p":1e99})"), ErrorCode::out_of_range);
    EXPECT_EQ(sink.rejects(RejectReason::range), 1U);
    EXPECT_EQ(sink.rejects(RejectReason::limit), 0U);
    EXPECT_EQ(sink.rejected_feed, test::kPush);
    EXPECT_TRUE(sink.batches.empty());
    EXPECT_EQ(table.size(), 0U);
}

TEST_F(PushFeedTest, WhenNewTickersFitExactly_AreAddedAndOneMoreAppliesNothing) {
    ASSERT_TRUE(feed.push(R"({"s":"A","p":1})", PushFormat::ndjson));
    auto const one_too_many = feed.push(
        R"([{"s":"A","p":1},{"s":"B","p":1},{"s":"C","p":1},{"s":"D","p":1}])", PushFormat::array);
    ASSERT_FALSE(one_too_many);
    EXPECT_EQ(one_too_many.error().code, ErrorCode::too_many_tickers);
    EXPECT_EQ(one_too_many.error().limit, 3U);
    EXPECT_EQ(sink.rejects(RejectReason::limit), 1U);
    EXPECT_EQ(table.size(), 1U);
    EXPECT_EQ(sink.total, 1U);

    auto const fits = feed.push(
        R"([{"s":"C","p":1},{"s":"B","p":1},{"s":"C","p":1},{"s":"A","p":1}])", PushFormat::array);
    ASSERT_TRUE(fits);
    EXPECT_EQ(*fits, 4U);
    EXPECT_EQ(table.known_count(), 3U);
    EXPECT_TRUE(feed.push(R"({"s":"B","p":2})", PushFormat::ndjson)) << "full, but no new one";
}

// contract: PSH-2
TEST_F(PushFeedTest, WhenATickerWasOnlySubscribedTo_BecomesKnown) {
    std::vector const asked{test::ticker("A")};
    auto const held = table.hold(asked);
    ASSERT_TRUE(held);
    ASSERT_TRUE(feed.push(R"({"s":"A","p":1})", PushFormat::ndjson));
    EXPECT_EQ(table.find_known(test::ticker("A")), held->ids()[0]);
}

// contract: PSH-16
TEST_F(PushFeedTest, WhenABodyIsLarge_OthersGetTheirTurnsBeforeItIsDone) {
    auto const body = large(50'000);
    Answer answer;
    spawn(body, answer);
    // Each of these waits for one slice at most: every second turn of the loop is theirs.
    int turns = 0;
    std::function<void()> const other = [&] {
        if (answer) return;
        ++turns;
        asio::post(io, other);
    };
    asio::post(io, other);
    io.run_for(std::chrono::seconds{60});
    ASSERT_TRUE(answer);
    EXPECT_EQ(**answer, 50'000U);
    EXPECT_GE(turns, 5) << "50,000 ticks take more than five slices";
    EXPECT_EQ(sink.total, 50'000U);
}

// contract: PSH-16
TEST_F(PushFeedTest, WhenASmallBodyComesMeanwhile_ItIsAppliedFirst) {
    auto const body = large(50'000);
    Answer answer;
    spawn(body, answer);
    io.poll_one();
    io.poll_one();
    ASSERT_FALSE(answer);
    ASSERT_TRUE(feed.push(R"({"s":"A","p":1})", PushFormat::ndjson));
    EXPECT_EQ(sink.total, 1U);
    io.run_for(std::chrono::seconds{60});
    ASSERT_TRUE(answer);
    EXPECT_EQ(sink.total, 50'001U);
}

TEST_F(PushFeedTest, WhenManyLargeBodiesCome_AllAreAppliedEachInItsOrder) {
    auto const body = large(3'000);
    std::vector<Answer> answers(3 * PushQueue::kAtOnce);
    for (auto& answer : answers)
        spawn(body, answer);
    io.run_for(std::chrono::seconds{60});
    for (auto const& answer : answers) {
        ASSERT_TRUE(answer);
        EXPECT_EQ(**answer, 3'000U);
    }
    // The prices of each body count up, those of all bodies together give each price as often.
    std::map<std::int64_t, std::size_t> seen;
    for (auto const& tick : sink.ticks())
        ++seen[tick.last->raw()];
    EXPECT_EQ(seen.size(), 3'000U);
    for (auto const& [price, times] : seen)
        EXPECT_EQ(times, answers.size()) << price;
}

TEST_F(PushFeedTest, WhenALargeBodyIsRefused_CountsItOnce) {
    auto const bad = large(20'000) + R"({"s":"?","p":1})";
    Answer answer;
    spawn(bad, answer);
    io.run_for(std::chrono::seconds{60});
    ASSERT_TRUE(answer && !*answer);
    EXPECT_EQ(answer->error().code, ErrorCode::invalid_ticker);
    EXPECT_EQ(answer->error().line, 20'001U);
    EXPECT_EQ(sink.rejects(RejectReason::ticker), 1U);
    EXPECT_EQ(sink.total, 0U);
}

// contract: PSH-7
TEST_F(PushFeedTest, WhenStoppedInTheMiddle_EveryBodyIsAnsweredAndAppliedWholeOrNotAtAll) {
    auto const body = large(5'000);
    for (int turns = 2; turns < 120; turns += 3) {
        sink.total = 0;
        feed.start();
        std::vector<Answer> answers(2);
        for (auto& answer : answers)
            spawn(body, answer);
        for (int i = 0; i < turns; ++i)
            io.poll_one();
        feed.stop();
        io.run_for(std::chrono::seconds{60});
        io.restart();
        std::size_t accepted = 0;
        for (auto const& answer : answers) {
            ASSERT_TRUE(answer);
            if (*answer)
                ++accepted;
            else
                EXPECT_EQ(answer->error().code, ErrorCode::draining);
        }
        EXPECT_EQ(sink.total, accepted * 5'000);
        if (accepted == 2) return;
    }
}

/// With everything that a tick causes: four bodies of 8 MiB with over 100,000 new tickers that a
/// shard watches. One has one ticker too many, one has a fault at its end, two are applied.
// contract: PSH-16
TEST(PushFeedWithRouter, WhenLargeBodiesComeTogether_NoTurnTakesLong) {
    constexpr std::size_t kMany = 100'000;
    auto const body_of = [](char const* prefix, std::size_t tickers) {
        std::string body;
        for (std::size_t i = 0; body.size() < (std::size_t{8} << 20); ++i) {
            body += std::string{R"({"s":")"} + prefix + std::to_string(i % tickers) +
                    R"(","p":1.5,"b":1.25,"a":2})" + "\n";
        }
        return body;
    };
    TickerTable table{kMany};
    SystemClock const clock;
    FeedMetrics metrics{feed_labels()};
    TickMailbox mailbox{[] {}};
    QuoteRouter router{table, metrics, clock, {&mailbox}};
    for (std::uint32_t i = 0; i < kMany; ++i)
        router.change({0, {TickerId{i}, TickEncoding::json}, i + 1});
    asio::io_context io;
    PushFeed feed{test::kPush, {table, router, io, clock}};

    std::string const bodies[] = {body_of("A", kMany / 2), body_of("A", kMany / 2) + "x",
                                  body_of("A", kMany), body_of("B", kMany)};
    std::vector<PushFeedTest::Answer> answers(std::size(bodies));
    for (std::size_t i = 0; i < answers.size(); ++i)
        asio::co_spawn(io, PushFeedTest::wait(&feed, bodies[i], &answers[i]), rethrow);
    auto const longest = test::longest_turn(io, [&] {
        return std::all_of(answers.begin(), answers.end(), [](auto const& each) { return each; });
    });
    EXPECT_LE(longest, test::kLongestTurn);
    int taken = 0;
    for (auto const& answer : answers) {
        ASSERT_TRUE(answer);
        taken += *answer ? 1 : 0;
    }
    EXPECT_FALSE(*answers[1]) << "its last line is bad";
    EXPECT_GE(taken, 1);
    EXPECT_LE(taken, 2) << "there is no room for all";
}

/// One step per slice, so that other requests may come between any two steps.
struct PushFeedInStepsTest : testing::Test {
    using Answer = PushFeedTest::Answer;
    static constexpr std::size_t kTickers = 500;

    explicit PushFeedInStepsTest() { clock.step = PushQueue::kSliceTime; }

    static std::string new_tickers(std::size_t from, std::size_t count) {
        std::string body;
        for (auto i = from; i < from + count; ++i)
            body += R"({"s":"T)" + std::to_string(i) + R"(","p":1})" + "\n";
        return body;
    }
    struct World {
        explicit World(Clock const& clock, std::size_t room)
            : table(room), feed(test::kPush, {table, sink, io, clock}) {}

        void spawn(std::string const& body, Answer& answer) {
            asio::co_spawn(io, PushFeedTest::wait(&feed, body, &answer), rethrow);
        }
        /// Runs until that many handlers have run, or none is left.
        void turn(std::size_t times) {
            while (times-- > 0 && io.poll_one() > 0) {
            }
        }
        void run() {
            io.restart();
            while (io.poll_one() > 0) {
            }
        }

        TickerTable table;
        RecorderSink sink;
        asio::io_context io;
        PushFeed feed;
    };

    SteppingClock clock;
};

// contract: PSH-7
TEST_F(PushFeedInStepsTest, WhenTwoBodiesBringTheSameNewTickers_BothFitWhereOneFits) {
    auto const body = new_tickers(0, kTickers);
    World world{clock, kTickers};
    std::vector<Answer> answers(PushQueue::kAtOnce);
    for (auto& answer : answers)
        world.spawn(body, answer);
    world.run();
    for (auto const& answer : answers) {
        ASSERT_TRUE(answer);
        EXPECT_TRUE(*answer);
    }
    EXPECT_EQ(world.table.size(), kTickers);
    EXPECT_EQ(world.sink.total, answers.size() * kTickers);
}

TEST_F(PushFeedInStepsTest, WhenTwoBodiesOverlap_BothAreAppliedWhereTheyFitTogether) {
    auto const one = new_tickers(0, kTickers);
    auto const other = new_tickers(kTickers / 2, kTickers);
    for (auto const room : {kTickers * 3 / 2 - 1, kTickers * 3 / 2}) {
        World world{clock, room};
        std::vector<Answer> answers(2);
        world.spawn(one, answers[0]);
        world.spawn(other, answers[1]);
        world.run();
        ASSERT_TRUE(answers[0] && answers[1]);
        bool const both = *answers[0] && *answers[1];
        EXPECT_TRUE(*answers[0] || *answers[1]) << "one fits in any case";
        EXPECT_EQ(both, room == kTickers * 3 / 2);
        EXPECT_EQ(world.table.size(), both ? room : kTickers);
    }
}

TEST_F(PushFeedInStepsTest, WhenASmallBodyOrASessionHasTickersOfALargeOne_NoneIsEverRefused) {
    auto const body = new_tickers(0, kTickers);
    bool done = false;
    for (auto turns = kTickers; !done; ++turns) {
        World world{clock, kTickers};
        Answer answer;
        world.spawn(body, answer);
        world.turn(turns);
        done = answer.has_value();
        EXPECT_TRUE(world.feed.push(R"({"s":"T7","p":2})", PushFormat::ndjson)) << turns;
        std::vector const asked{test::ticker("T8"), test::ticker("T499")};
        EXPECT_TRUE(world.table.hold(asked)) << turns;
        world.run();
        ASSERT_TRUE(answer);
        EXPECT_TRUE(*answer) << turns;
        EXPECT_EQ(world.table.size(), kTickers);
    }
}

// contract: PSH-7
TEST_F(PushFeedInStepsTest, WhenALargeBodyIsRefused_NoOtherRequestIsRefusedBecauseOfIt) {
    auto const too_many = new_tickers(0, kTickers + 1);
    auto const next = new_tickers(kTickers - 2, 3);
    bool done = false;
    for (auto turns = kTickers; !done; ++turns) {
        World world{clock, kTickers};
        Answer answer;
        world.spawn(too_many, answer);
        world.turn(turns);
        done = answer.has_value();
        EXPECT_TRUE(world.feed.push(R"({"s":"NEW","p":2})", PushFormat::ndjson)) << turns;
        EXPECT_TRUE(world.table.hold(std::vector{test::ticker("ASKED")})) << turns;
        Answer last;
        auto const large = next + std::string(PushFeed::kSmallBody, '\n');
        world.spawn(large, last);
        world.run();
        ASSERT_TRUE(answer && last);
        EXPECT_FALSE(*answer);
        EXPECT_TRUE(*last);
        EXPECT_EQ(world.table.size(), 4U) << "NEW and the last body's";
    }
}

// contract: PSH-7
TEST_F(PushFeedInStepsTest, WhenStoppedWhileAllAreApplied_EndsInTimeAndReportsTheAppliedTicks) {
    auto const body = new_tickers(0, kTickers) + new_tickers(0, kTickers);
    for (auto const slow : {Duration{0}, PushFeed::kStopTime / 4}) {
        clock.step = PushQueue::kSliceTime;
        World world{clock, kTickers};
        for (std::size_t i = 0; i < kTickers; ++i)
            world.table.make_known(test::ticker("T" + std::to_string(i)));
        std::vector<Answer> answers(PushQueue::kAtOnce);
        for (auto& answer : answers)
            world.spawn(body, answer);
        while (world.sink.total < 6 * PushJob::kStepTicks && world.io.poll_one() > 0) {
        }
        clock.step = slow;
        auto const began = clock.time;
        world.feed.stop();
        EXPECT_LE(clock.time - began, PushFeed::kStopTime + 5 * slow);
        world.run();
        std::size_t whole = 0;
        for (auto const& answer : answers) {
            ASSERT_TRUE(answer);
            if (*answer) {
                ++whole;
                continue;
            }
            EXPECT_EQ(answer->error().code, ErrorCode::draining);
            EXPECT_NE(answer->error().detail.find("were applied"), std::string::npos);
        }
        if (slow == Duration{0}) {
            EXPECT_EQ(whole, answers.size());
        } else {
            EXPECT_LT(whole, answers.size());
        }
    }
}

TEST_F(PushFeedTest, WhenStopped_TakesNothingMore) {
    EXPECT_TRUE(feed.up());
    EXPECT_FALSE(feed.waiting());
    EXPECT_EQ(feed.kind(), test::kPush);
    feed.stop();
    feed.stop();
    EXPECT_EQ(refused(R"({"s":"A","p":1})"), ErrorCode::draining);
    EXPECT_EQ(sink.total, 0U);
    Answer answer;
    auto const body = large(1'000);
    spawn(body, answer);
    io.run_for(std::chrono::seconds{60});
    ASSERT_TRUE(answer && !*answer);
    EXPECT_EQ(answer->error().code, ErrorCode::draining);
    feed.start();
    EXPECT_TRUE(feed.push(R"({"s":"A","p":1})", PushFormat::ndjson));
}

}  // namespace
}  // namespace tickcast
