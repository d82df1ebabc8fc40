#include "feed/replay/replay_pacer.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace tickcast {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t kDayNs = std::int64_t{86'400} * 1'000'000'000;
SteadyTime const kBegin{std::chrono::hours{1'000}};

/// When a row is due since the begin of the pass, by its recorded time since the first row.
struct Pass {
    Duration operator()(Duration recorded) {
        return pacer.due(1'700'000'000'000'000'000 + recorded.count()) - kBegin;
    }

    explicit Pass(double speed, Duration max_gap = {}) : pacer(speed, max_gap) {
        pacer.begin_pass(kBegin);
    }
    ReplayPacer pacer;
};

// contract: RPL-4
TEST(ReplayPacer, WhenPaced_TimesAreThoseRecordedDividedBySpeed) {
    Pass usual{1};
    EXPECT_EQ(usual(0s), 0s);
    EXPECT_EQ(usual(1500ms), 1500ms);
    EXPECT_EQ(usual(2h), 2h);
    Pass fast{4};
    EXPECT_EQ(fast(0s), 0s);
    EXPECT_EQ(fast(10s), 2500ms);
    Pass slow{0.5};
    EXPECT_EQ(slow(0s), 0s);
    EXPECT_EQ(slow(10s), 20s);
}

// contract: RPL-5
TEST(ReplayPacer, WhenSpeedIsZero_AllIsDueAtOnce) {
    Pass pass{0, 1s};
    EXPECT_FALSE(pass.pacer.paced());
    EXPECT_EQ(pass(0s), 0s);
    EXPECT_EQ(pass(100h), 0s);
}

TEST(ReplayPacer, WhenTimesGoBackALittle_RowsAreDueAtOnceAndTheRestOnTime) {
    Pass pass{1};
    EXPECT_EQ(pass(0s), 0s);
    EXPECT_EQ(pass(60s), 60s);
    EXPECT_EQ(pass(0s), 60s) << "a minute";
    EXPECT_EQ(pass(59s), 60s);
    EXPECT_EQ(pass(61s), 61s);
}

TEST(ReplayPacer, WhenTimesGoBackByMore_GoesOnFromThere) {
    Pass pass{1};
    EXPECT_EQ(pass(0s), 0s);
    EXPECT_EQ(pass(61s), 61s);
    EXPECT_EQ(pass(999ms), 61s);
    EXPECT_EQ(pass(1999ms), 62s) << "paced, and not all of a minute at once";
    // The first row alone is wrong, by half a year.
    Pass first{1};
    EXPECT_EQ(first(Duration{180 * kDayNs}), 0s);
    EXPECT_EQ(first(0s), 0s);
    EXPECT_EQ(first(1s), 1s);
    EXPECT_EQ(first(5s), 5s);
}

// contract: RPL-18
TEST(ReplayPacer, WhenWaitsHaveALimit_LongerOnesAreCutToIt) {
    Pass pass{1, 5s};
    EXPECT_EQ(pass(0s), 0s);
    EXPECT_EQ(pass(5s), 5s) << "at the limit";
    EXPECT_EQ(pass(10s + 1ns), 10s) << "above it";
    EXPECT_EQ(pass(11s + 1ns), 11s) << "what follows keeps its distance";
    EXPECT_EQ(pass(Duration{300 * kDayNs}), 16s);
    EXPECT_EQ(pass(Duration{300 * kDayNs} + 3s), 19s);
}

// contract: RPL-18
TEST(ReplayPacer, WhenWaitsHaveALimit_ItIsOfRealTime) {
    Pass pass{10, 5s};
    EXPECT_EQ(pass(0s), 0s);
    EXPECT_EQ(pass(50s), 5s);
    EXPECT_EQ(pass(101s), 10s);
}

TEST(ReplayPacer, WhenAWaitWasCutForAWrongTime_RowsAfterItKeepTheirPace) {
    for (auto const wrong : {Duration{30s}, Duration{200 * kDayNs}}) {
        Pass pass{1, 5s};
        EXPECT_EQ(pass(0s), 0s);
        EXPECT_EQ(pass(wrong), 5s);
        EXPECT_EQ(pass(1s), 5s);
        EXPECT_EQ(pass(2s), 6s);
        EXPECT_EQ(pass(4s), 8s);
    }
}

TEST(ReplayPacer, WhenAPassIsOver_TheNextBeginsAfterItsLastRowAndNotTooSoon) {
    Pass pass{1};
    pass(0s);
    pass(3s);
    pass.pacer.begin_next_pass();
    EXPECT_EQ(pass.pacer.pass_began() - kBegin, 3s);
    EXPECT_EQ(pass(7s), 3s) << "whatever its first time is";
    pass.pacer.begin_next_pass();
    EXPECT_EQ(pass.pacer.pass_began() - kBegin, 3s + ReplayPacer::kMinPass);
}

TEST(ReplayPacer, WhenPutOff_AllFurtherRowsAreDelayedByThat) {
    Pass pass{1, 5s};
    pass(0s);
    pass(1s);
    pass.pacer.put_off(10min);
    EXPECT_EQ(pass(2s), 10min + 2s);
    EXPECT_EQ(pass(20s), 10min + 7s);
    pass.pacer.begin_next_pass();
    EXPECT_EQ(pass.pacer.pass_began() - kBegin, 10min + 7s);
}

TEST(ReplayPacer, WhenAWaitIsAbsurd_TheClockDoesNotOverflow) {
    Pass pass{0.00000001};
    EXPECT_EQ(pass(0s), 0s);
    EXPECT_GT(pass(Duration{365 * kDayNs}), 24h * 3'000);
}

}  // namespace
}  // namespace tickcast
