#include "tickcast/base/rate_limit.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace tickcast {
namespace {

using namespace std::chrono_literals;

TEST(LogLimiter, WhenBelowAndAtTheLimit_AdmitsAll) {
    LogLimiter limiter{2, 1s};
    SteadyTime const start{1h};
    EXPECT_EQ(limiter.admit(start), 0U);
    EXPECT_EQ(limiter.admit(start + 999ms), 0U);
}

TEST(LogLimiter, WhenAboveTheLimit_SuppressesAndReportsHowManyLater) {
    LogLimiter limiter{2, 1s};
    SteadyTime const start{1h};
    limiter.admit(start);
    limiter.admit(start);
    EXPECT_FALSE(limiter.admit(start));
    EXPECT_FALSE(limiter.admit(start + 999ms));
    EXPECT_EQ(limiter.admit(start + 1s), 2U);
    EXPECT_EQ(limiter.admit(start + 1s), 0U);
    EXPECT_FALSE(limiter.admit(start + 1s));
}

TEST(LogLimiter, WhenFirstUsedAtTimeZero_StillLimits) {
    LogLimiter limiter{1, 1s};
    EXPECT_TRUE(limiter.admit(SteadyTime{}));
    EXPECT_FALSE(limiter.admit(SteadyTime{}));
}

}  // namespace
}  // namespace tickcast
