#include "tickcast/model/source_time.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

namespace tickcast {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kBeginOf1990 = 631'152'000;
constexpr std::int64_t kBeginOf2101 = 4'133'980'800;

// contract: PSH-15
TEST(PlausibleTime, WhenWithin1990To2100_IsPlausible) {
    EXPECT_FALSE(is_plausible_time(kBeginOf1990 * kSecond - 1));
    EXPECT_TRUE(is_plausible_time(kBeginOf1990 * kSecond));
    EXPECT_TRUE(is_plausible_time(1'764'000'000'123'456));
    EXPECT_TRUE(is_plausible_time(kBeginOf2101 * kSecond - 1));
    EXPECT_FALSE(is_plausible_time(kBeginOf2101 * kSecond));
    EXPECT_FALSE(is_plausible_time(0));
    EXPECT_FALSE(is_plausible_time(-1));
}

// contract: PSH-15
TEST(PlausibleTime, WhenAnotherUnitWouldFit_NamesIt) {
    EXPECT_EQ(likely_unit(1'764'000'000), "seconds");
    EXPECT_EQ(likely_unit(1'764'000'000'123), "milliseconds");
    EXPECT_EQ(likely_unit(1'764'000'000'123'456'789), "nanoseconds");
    EXPECT_EQ(likely_unit(kBeginOf1990), "seconds");
    EXPECT_EQ(likely_unit(kBeginOf2101 - 1), "seconds");
    EXPECT_EQ(likely_unit(kBeginOf1990 * 1'000), "milliseconds");
    EXPECT_EQ(likely_unit(kBeginOf2101 * 1'000 - 1), "milliseconds");
    EXPECT_EQ(likely_unit(kBeginOf1990 * 1'000'000'000), "nanoseconds");
    EXPECT_EQ(likely_unit(kBeginOf2101 * 1'000'000'000 - 1), "nanoseconds");
}

TEST(PlausibleTime, WhenNoUnitFits_NamesNone) {
    for (std::int64_t const time :
         {std::int64_t{0}, std::int64_t{1}, std::int64_t{-1}, kBeginOf1990 - 1, kBeginOf2101,
          kBeginOf1990 * 1'000 - 1, kBeginOf2101 * 1'000, kBeginOf1990 * 1'000'000'000 - 1,
          kBeginOf2101 * 1'000'000'000, std::int64_t{1'764'000'000'123'456},
          std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()}) {
        EXPECT_EQ(likely_unit(time), "") << time;
    }
}

}  // namespace
}  // namespace tickcast
