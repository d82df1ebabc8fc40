#include "stream/slow_client_rule.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace tickcast {
namespace {

using namespace std::chrono_literals;

constexpr PeerTime kBlocked{std::chrono::hours{1}};
constexpr Duration kMost = 30s;

TEST(SlowClientRule, WhileNothingWaits_NobodyIsSlowAndNothingIsToBeLookedAt) {
    SlowClientRule rule;
    EXPECT_FALSE(rule.is_waiting());
    EXPECT_FALSE(rule.becomes_slow(kBlocked + 24h));
    EXPECT_FALSE(rule.is_too_slow(kBlocked + 24h, kMost));
    EXPECT_EQ(rule.next_look(kMost), PeerTime::max());
    EXPECT_FALSE(rule.end_waiting());
}

TEST(SlowClientRule, WhenSomethingWaitsForASecond_ClientBecomesSlowOnce) {
    SlowClientRule rule;
    EXPECT_TRUE(rule.begin_waiting(kBlocked));
    EXPECT_EQ(rule.next_look(kMost), kBlocked + 1s);
    EXPECT_FALSE(rule.becomes_slow(kBlocked + 1s - 1ns));
    EXPECT_TRUE(rule.becomes_slow(kBlocked + 1s));
    EXPECT_FALSE(rule.becomes_slow(kBlocked + 2s)) << "it is one already";
    EXPECT_EQ(rule.next_look(kMost), kBlocked + 30s);
    EXPECT_TRUE(rule.end_waiting());
    EXPECT_FALSE(rule.end_waiting());
}

TEST(SlowClientRule, WhenBytesAreTaken_ClientStaysSlowButIsGivenTime) {
    SlowClientRule rule;
    rule.begin_waiting(kBlocked);
    rule.bytes_taken(kBlocked + 500ms);
    EXPECT_TRUE(rule.becomes_slow(kBlocked + 1s)) << "something has waited all the time";
    rule.bytes_taken(kBlocked + 20s);
    EXPECT_EQ(rule.next_look(kMost), kBlocked + 50s);
    EXPECT_FALSE(rule.is_too_slow(kBlocked + 50s - 1ns, kMost));
    EXPECT_TRUE(rule.is_too_slow(kBlocked + 50s, kMost));
}

TEST(SlowClientRule, WhenMoreBeginsToWait_TimeCountsFromTheFirst) {
    SlowClientRule rule;
    EXPECT_TRUE(rule.begin_waiting(kBlocked));
    EXPECT_FALSE(rule.begin_waiting(kBlocked + 10s));
    EXPECT_TRUE(rule.is_too_slow(kBlocked + 30s, kMost));
}

TEST(SlowClientRule, WhenItWaitsAgain_TimeCountsAnew) {
    SlowClientRule rule;
    rule.begin_waiting(kBlocked);
    EXPECT_TRUE(rule.becomes_slow(kBlocked + 5s));
    rule.end_waiting();
    EXPECT_TRUE(rule.begin_waiting(kBlocked + 20s));
    EXPECT_FALSE(rule.becomes_slow(kBlocked + 21s - 1ns));
    EXPECT_FALSE(rule.is_too_slow(kBlocked + 50s - 1ns, kMost));
    EXPECT_TRUE(rule.is_too_slow(kBlocked + 50s, kMost));
}

TEST(SlowClientRule, WhenTheLimitIsShorterThanASecond_ItIsLookedAtFirst) {
    SlowClientRule rule;
    rule.begin_waiting(kBlocked);
    EXPECT_EQ(rule.next_look(500ms), kBlocked + 500ms);
    EXPECT_TRUE(rule.is_too_slow(kBlocked + 500ms, 500ms));
}

}  // namespace
}  // namespace tickcast
