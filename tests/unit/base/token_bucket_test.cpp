#include "tickcast/base/token_bucket.hpp"

#include <gtest/gtest.h>

namespace tickcast {
namespace {

constexpr SteadyTime kStart{std::chrono::hours{1}};
using std::chrono::milliseconds;

// contract: LIM-6
TEST(TokenBucket, Take_OfAFullBucket_GivesTheBurstAndNoMore) {
    TokenBucket bucket{20, 40};
    for (int i = 0; i < 40; ++i)
        EXPECT_TRUE(bucket.spend(kStart)) << i;
    EXPECT_FALSE(bucket.spend(kStart));
}

TEST(TokenBucket, Take_AfterATokensTime_GivesOneAgain) {
    TokenBucket bucket{20, 1};
    EXPECT_TRUE(bucket.spend(kStart));
    EXPECT_FALSE(bucket.spend(kStart + milliseconds{49}));
    EXPECT_TRUE(bucket.spend(kStart + milliseconds{51}));
    EXPECT_FALSE(bucket.spend(kStart + milliseconds{51}));
}

TEST(TokenBucket, Take_AfterALongTime_GivesNoMoreThanTheBurst) {
    TokenBucket bucket{20, 2};
    auto const later = kStart + std::chrono::hours{1};
    EXPECT_TRUE(bucket.spend(later));
    EXPECT_TRUE(bucket.spend(later));
    EXPECT_FALSE(bucket.spend(later));
}

TEST(TokenBucket, Take_WhenTimeStandsOrGoesBack_GivesNothingNew) {
    TokenBucket bucket{1, 1};
    EXPECT_TRUE(bucket.spend(kStart));
    EXPECT_FALSE(bucket.spend(kStart - milliseconds{5000}));
    EXPECT_FALSE(bucket.spend(kStart));
}

TEST(TokenBucket, Take_WhereATokensTimeIsNoWholeNumber_GivesTheBurstExactly) {
    for (double const rate : {3.0, 7.0, 0.3, 1e9}) {
        TokenBucket bucket{rate, 3};
        for (int i = 0; i < 3; ++i)
            EXPECT_TRUE(bucket.spend(kStart)) << rate << ' ' << i;
        EXPECT_FALSE(bucket.spend(kStart)) << rate;
    }
}

// contract: PAU-1
TEST(TokenBucket, Take_OfRequestsThatWaited_GivesTheTokensRefilledMeanwhile) {
    TokenBucket bucket{20, 40};
    for (int i = 0; i < 40; ++i)
        EXPECT_TRUE(bucket.spend(kStart));
    auto const woke = kStart + milliseconds{60'000};
    for (int i = 0; i < 40 + 200; ++i)
        EXPECT_TRUE(bucket.spend(woke, woke - milliseconds{10'000})) << i;
    EXPECT_FALSE(bucket.spend(woke, woke - milliseconds{10'000}));
    EXPECT_FALSE(bucket.spend(woke));
    EXPECT_TRUE(bucket.spend(woke + milliseconds{50}));
    EXPECT_FALSE(bucket.spend(woke + milliseconds{50}));
}

TEST(TokenBucket, Take_WhereTheBucketIsNewerThanTheWait_GivesTheTokensRefilledMeanwhile) {
    TokenBucket bucket{5, 5};
    auto const since = kStart - milliseconds{7000};
    for (int i = 0; i < 5 + 35; ++i)
        EXPECT_TRUE(bucket.spend(kStart, since)) << i;
    EXPECT_FALSE(bucket.spend(kStart, since));
    EXPECT_FALSE(bucket.spend(kStart));
}

TEST(TokenBucket, Full_IsTrueOnceAllTokensAreBack) {
    TokenBucket bucket{10, 10};
    EXPECT_TRUE(bucket.fresh());
    EXPECT_TRUE(bucket.full(kStart));
    EXPECT_TRUE(bucket.spend(kStart));
    EXPECT_FALSE(bucket.fresh());
    EXPECT_FALSE(bucket.full(kStart));
    EXPECT_TRUE(bucket.full(kStart + milliseconds{101}));
}

}  // namespace
}  // namespace tickcast
