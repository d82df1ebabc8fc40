#include "feed/push/push_job.hpp"

#include "support.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace tickcast {
namespace {

using test::RecorderSink;
using test::SteppingClock;

constexpr std::size_t kTicks = 2'000;
constexpr std::size_t kTickers = 1'500;
constexpr Duration kLook = std::chrono::microseconds{100};
constexpr Duration kSlice = std::chrono::milliseconds{1};
/// How many steps a slice allows: each look at the clock takes a tenth of the slice.
constexpr std::size_t kSteps = 10;

std::string line(std::size_t number) {
    return R"({"s":"T)" + std::to_string(number % kTickers) + R"(","p":)" + std::to_string(number) +
           "}\n";
}

std::string body(std::size_t ticks = kTicks) {
    std::string text;
    for (std::size_t i = 0; i < ticks; ++i)
        text += line(i);
    return text;
}

class PushJobTest : public testing::Test {
protected:
    explicit PushJobTest(std::size_t room = kTickers) : table(room) { clock.step = kLook; }

    std::unique_ptr<PushJob> job(std::string_view text, PushFormat format = PushFormat::ndjson) {
        return std::make_unique<PushJob>(text, format,
                                         PushJob::Tools{test::kPush, table, sink, clock, gate});
    }
    bool slice(PushJob& job) { return job.work(clock.time + kSlice); }
    void run(PushJob& job) {
        while (!slice(job)) {
        }
    }
    bool nothing_applied() const { return sink.total == 0 && table.known_count() == 0; }

    TickerTable table;
    RecorderSink sink;
    SteppingClock clock;
    PushGate gate;
};

// contract: PSH-16
TEST_F(PushJobTest, WhenABodyIsLarge_TakesItInInSlicesAndInOrder) {
    auto const text = body();
    auto const work = job(text);
    std::size_t slices = 0;
    std::size_t most = 0;
    for (bool done = false; !done; ++slices) {
        auto const before = sink.total;
        auto const known = table.known_count();
        done = slice(*work);
        most = std::max({most, sink.total - before, table.known_count() - known});
    }
    EXPECT_LE(most, kSteps * PushJob::kStepTicks);
    EXPECT_GE(slices, kTicks / kSteps) << "it reads a tick a step";
    ASSERT_TRUE(work->result());
    EXPECT_EQ(*work->result(), kTicks);
    auto const ticks = sink.ticks();
    ASSERT_EQ(ticks.size(), kTicks);
    for (std::size_t i = 0; i < kTicks; ++i) {
        EXPECT_EQ(ticks[i].last->raw(), static_cast<std::int64_t>(i) * Decimal::kScale);
        EXPECT_EQ(table.name(ticks[i].ticker).str(), "T" + std::to_string(i % kTickers));
    }
    EXPECT_EQ(table.known_count(), kTickers);
}

TEST_F(PushJobTest, WhenItIsAnArray_TheSameIsTakenIn) {
    std::string text = "[";
    for (std::size_t i = 0; i < kTicks; ++i)
        text += (i == 0 ? "" : ",") + line(i);
    text += "]";
    auto const work = job(text, PushFormat::array);
    run(*work);
    ASSERT_TRUE(work->result());
    EXPECT_EQ(sink.ticks().size(), kTicks);
    EXPECT_EQ(sink.ticks().back().last->raw(), std::int64_t{kTicks - 1} * Decimal::kScale);
}

// contract: PSH-7
TEST_F(PushJobTest, WhenALineIsBad_NothingIsAppliedWhereverItStands) {
    for (std::size_t const at : {std::size_t{0}, kTicks / 2, kTicks - 1}) {
        std::string text;
        for (std::size_t i = 0; i < kTicks; ++i)
            text += i == at ? "{\"s\":1}\n" : line(i);
        auto const work = job(text);
        while (!slice(*work))
            EXPECT_TRUE(nothing_applied());
        ASSERT_FALSE(work->result());
        EXPECT_EQ(work->result().error().code, ErrorCode::invalid_type);
        EXPECT_EQ(work->result().error().line, at + 1);
        EXPECT_TRUE(nothing_applied());
    }
    EXPECT_EQ(table.size(), 0U);
}

struct FullTableTest : PushJobTest {
    FullTableTest() : PushJobTest(kTickers - 1) {}
};

// contract: PSH-7
TEST_F(FullTableTest, WhenOneNewTickerTooMany_NoneIsKnownAtAnyTime) {
    auto const text = body();
    auto const work = job(text);
    while (!slice(*work))
        EXPECT_TRUE(nothing_applied() && table.size() == 0);
    ASSERT_FALSE(work->result());
    EXPECT_EQ(work->result().error().code, ErrorCode::too_many_tickers);
    EXPECT_EQ(work->result().error().limit, kTickers - 1);
    EXPECT_TRUE(nothing_applied());
    std::vector<TickerId> ids;
    EXPECT_TRUE(table.claim(std::vector{test::ticker("NEXT")}, ids)) << "nothing stays claimed";
}

TEST_F(PushJobTest, WhenTickersAreHeldAlready_TheyNeedNoRoomEvenIfTheirHolderGoes) {
    std::vector<Ticker> asked;
    for (std::size_t i = 0; i < kTickers; ++i)
        asked.push_back(test::ticker("T" + std::to_string(i)));
    auto const text = body();
    bool done = false;
    for (std::size_t before = 195; !done; ++before) {
        TickerTable full{kTickers};
        RecorderSink seen;
        auto held = full.hold(asked);
        ASSERT_TRUE(held);
        PushJob work{text, PushFormat::ndjson, {test::kPush, full, seen, clock, gate}};
        for (std::size_t i = 0; i < before && !done; ++i)
            done = slice(work);
        held.reset();
        run(work);
        EXPECT_TRUE(work.result()) << before;
        EXPECT_EQ(full.known_count(), kTickers);
        EXPECT_EQ(full.size(), kTickers);
    }
}

// contract: PSH-7
TEST_F(PushJobTest, WhenOthersAddTickersMeanwhile_AllIsAppliedOrNothing) {
    auto const text = body();
    int refused = 0;
    int taken = 0;
    for (std::size_t before = 200; before < 260; ++before) {
        TickerTable own{kTickers};
        RecorderSink seen;
        PushJob work{text, PushFormat::ndjson, {test::kPush, own, seen, clock, gate}};
        for (std::size_t i = 0; i < before; ++i)
            slice(work);
        bool const other = own.make_known(test::ticker("OTHER")).has_value();
        run(work);
        (work.result() ? taken : refused) += 1;
        EXPECT_EQ(bool{work.result()}, !other) << "its places are nobody else's";
        EXPECT_EQ(own.known_count(), work.result() ? kTickers : 1);
        EXPECT_EQ(seen.total, work.result() ? kTicks : 0);
    }
    EXPECT_GT(refused, 0);
    EXPECT_GT(taken, 0);
}

// contract: PSH-7
TEST_F(PushJobTest, WhenCutShortOrDropped_AllIsAppliedOrNothing) {
    auto const text = body();
    int refused = 0;
    int taken = 0;
    for (bool const drop : {false, true}) {
        bool done = false;
        for (std::size_t before = 195; !done; ++before) {
            TickerTable own{kTickers};
            RecorderSink seen;
            bool accepted = false;
            {
                PushJob work{text, PushFormat::ndjson, {test::kPush, own, seen, clock, gate}};
                for (std::size_t i = 0; i < before && !done; ++i)
                    done = slice(work);
                if (!drop) {
                    work.cut_short(Error{.code = ErrorCode::draining}, SteadyTime::max());
                    accepted = bool{work.result()};
                    EXPECT_TRUE(accepted || work.result().error().code == ErrorCode::draining);
                }
            }
            if (drop) accepted = seen.total > 0;
            (accepted ? taken : refused) += 1;
            EXPECT_EQ(seen.total, accepted ? kTicks : 0) << before;
            EXPECT_EQ(own.known_count(), accepted ? kTickers : 0) << before;
            EXPECT_EQ(own.size(), own.known_count()) << "nothing is held on to";
        }
    }
    EXPECT_GT(refused, 0);
    EXPECT_GT(taken, 0);
}

TEST_F(PushJobTest, WhenCutShortWithoutTime_StopsAtOnceAndReportsTheAppliedTicks) {
    auto const text = body();
    int partly = 0;
    bool done = false;
    for (std::size_t before = 195; !done; ++before) {
        TickerTable own{kTickers};
        RecorderSink seen;
        PushJob work{text, PushFormat::ndjson, {test::kPush, own, seen, clock, gate}};
        for (std::size_t i = 0; i < before && !done; ++i)
            done = slice(work);
        auto const applied = seen.total;
        auto const began = clock.time;
        work.cut_short(Error{.code = ErrorCode::draining, .detail = "over"}, clock.time);
        EXPECT_LE(clock.time - began, kLook) << "a look at the clock, and no step";
        EXPECT_EQ(seen.total, applied);
        if (work.result()) {
            EXPECT_EQ(applied, kTicks);
            continue;
        }
        EXPECT_EQ(work.result().error().code, ErrorCode::draining);
        if (applied == 0) {
            EXPECT_EQ(work.result().error().detail, "over");
        } else {
            EXPECT_EQ(work.result().error().detail,
                      "over; the first " + std::to_string(applied) + " ticks of 2000 were applied");
            ++partly;
        }
        EXPECT_EQ(own.size(), own.known_count()) << "nothing is held on to";
    }
    EXPECT_GT(partly, 0);
}

TEST_F(PushJobTest, WhenAnotherClaims_WaitsWithoutWork) {
    auto const text = body();
    auto const first = job(text);
    auto const second = job(text);
    for (std::size_t i = 0; i < kTicks + 20; ++i)
        first->work(clock.time);
    for (std::size_t i = 0; i < kTicks + 20; ++i)
        second->work(clock.time);
    auto const began = clock.time;
    EXPECT_FALSE(slice(*second));
    EXPECT_EQ(clock.time, began);
    run(*first);
    run(*second);
    EXPECT_TRUE(first->result());
    EXPECT_TRUE(second->result());
}

}  // namespace
}  // namespace tickcast
