#include "tickcast/stream/drain_schedule.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <numeric>
#include <vector>

namespace tickcast {
namespace {

using namespace std::chrono_literals;

constexpr SteadyTime kDrained{std::chrono::hours{1}};

std::vector<std::uint64_t> numbers(std::size_t count) {
    std::vector<std::uint64_t> streams(count);
    std::iota(streams.begin(), streams.end(), 1);
    return streams;
}

std::size_t count_due(DrainSchedule& schedule, SteadyTime now) {
    std::size_t count = 0;
    while (schedule.next(now))
        ++count;
    return count;
}

TEST(DrainSchedule, OfNoStream_IsEmptyAndGivesNone) {
    DrainSchedule none;
    EXPECT_TRUE(none.empty());
    EXPECT_EQ(none.next(kDrained + 1h), std::nullopt);
    DrainSchedule empty{{}, kDrained, 10s};
    EXPECT_EQ(empty.next(kDrained + 10s), std::nullopt);
}

TEST(DrainSchedule, OverItsTime_KeepsToTheStraightLine) {
    DrainSchedule schedule{numbers(1000), kDrained, 8s};
    EXPECT_EQ(count_due(schedule, kDrained), 0U);
    EXPECT_EQ(count_due(schedule, kDrained + 10ms), 1U);
    EXPECT_EQ(count_due(schedule, kDrained + 4s), 499U);
    EXPECT_EQ(count_due(schedule, kDrained + 4s), 0U) << "the clock stood still";
    EXPECT_EQ(count_due(schedule, kDrained + 7s), 375U);
    EXPECT_FALSE(schedule.empty());
    EXPECT_EQ(count_due(schedule, kDrained + 8s), 125U);
    EXPECT_TRUE(schedule.empty());
}

TEST(DrainSchedule, EachStream_IsGivenOnceFromTheBack) {
    DrainSchedule schedule{{7, 5, 9}, kDrained, 1s};
    std::vector<std::uint64_t> given;
    while (auto const stream = schedule.next(kDrained + 2s))
        given.push_back(*stream);
    EXPECT_EQ(given, (std::vector<std::uint64_t>{9, 5, 7}));
}

TEST(DrainSchedule, WithoutTime_GivesAllAtOnce) {
    DrainSchedule schedule{numbers(3), kDrained, 0s};
    EXPECT_EQ(count_due(schedule, kDrained), 3U);
}

TEST(DrainSchedule, AfterALongPause_GivesWhatItsTimeBroughtMeanwhile) {
    DrainSchedule schedule{numbers(4), kDrained, 4s};
    EXPECT_EQ(count_due(schedule, kDrained + 3s), 3U);
    EXPECT_EQ(count_due(schedule, kDrained + 1h), 1U);
}

}  // namespace
}  // namespace tickcast
