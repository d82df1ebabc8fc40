#include "feed/sim/burst_pacer.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace tickcast {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::uint64_t take_all(BurstPacer& pacer, SteadyTime now) {
    std::uint64_t bursts = 0;
    while (pacer.begin_burst(now))
        ++bursts;
    return bursts;
}

TEST(BurstPacer, WhenStarted_FirstBurstIsDueAtOnce) {
    BurstPacer pacer{10, 1, SteadyTime{seconds{5}}};
    EXPECT_FALSE(pacer.begin_burst(SteadyTime{seconds{5}} - Duration{1}));
    EXPECT_TRUE(pacer.begin_burst(SteadyTime{seconds{5}}));
    EXPECT_FALSE(pacer.begin_burst(SteadyTime{seconds{5}}));
    EXPECT_EQ(pacer.next_at(), SteadyTime{milliseconds{5100}});
}

TEST(BurstPacer, WhenTicksComeInBursts_ComesEveryBurstByRate) {
    BurstPacer pacer{1000, 50, SteadyTime{}};
    EXPECT_EQ(take_all(pacer, SteadyTime{milliseconds{49}}), 1U);
    EXPECT_EQ(take_all(pacer, SteadyTime{milliseconds{50}}), 1U);
    EXPECT_EQ(take_all(pacer, SteadyTime{milliseconds{500}}), 9U);
}

TEST(BurstPacer, WhenLateByASecond_CatchesUpCompletely) {
    BurstPacer pacer{1000, 1, SteadyTime{}};
    EXPECT_EQ(take_all(pacer, SteadyTime{seconds{1}}), 1001U);
}

TEST(BurstPacer, WhenLateByMore_CatchesUpOneSecond) {
    BurstPacer pacer{1000, 1, SteadyTime{}};
    EXPECT_EQ(take_all(pacer, SteadyTime{seconds{3600}}), 1001U);
    EXPECT_EQ(pacer.next_at(), SteadyTime{milliseconds{3'600'001}});
}

// contract: SIM-3
TEST(BurstPacer, WhenRunningForLong_KeepsTheRate) {
    BurstPacer pacer{1'000'000, 1, SteadyTime{}};
    std::uint64_t bursts = 0;
    for (int i = 0; i <= 5000; ++i)
        bursts += take_all(pacer, SteadyTime{milliseconds{i}});
    EXPECT_EQ(bursts, 5'000'001U);
}

TEST(BurstPacer, WhenRateIsTheLeast_DoesNotOverflow) {
    BurstPacer pacer{0.001, 100'000, SteadyTime{}};
    EXPECT_TRUE(pacer.begin_burst(SteadyTime{}));
    EXPECT_EQ(pacer.next_at(), SteadyTime{seconds{100'000'000}});
}

}  // namespace
}  // namespace tickcast
