#include "stream/throttle.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace tickcast {
namespace {

using namespace std::chrono_literals;

constexpr SteadyTime kSent{std::chrono::hours{1}};

TEST(Throttle, BeforeAnythingPassed_AllowsAtOnce) {
    Throttle const throttle{60s, SteadyTime::min()};
    EXPECT_TRUE(throttle.allows(SteadyTime{}));
}

TEST(Throttle, OnceSomethingPassed_AllowsAfterTheIntervalAndNotBefore) {
    Throttle throttle{250ms, SteadyTime::min()};
    throttle.passed(kSent);
    EXPECT_EQ(throttle.last(), kSent);
    EXPECT_EQ(throttle.next(), kSent + 250ms);
    EXPECT_FALSE(throttle.allows(kSent));
    EXPECT_FALSE(throttle.allows(kSent + 250ms - 1ns));
    EXPECT_TRUE(throttle.allows(kSent + 250ms));
    throttle.passed(kSent + 1s);
    EXPECT_FALSE(throttle.allows(kSent + 1s + 249ms));
}

}  // namespace
}  // namespace tickcast
