#include "generator/plan.hpp"

#include <gtest/gtest.h>

#include <map>

namespace tickcast::load {
namespace {

Settings mixed() {
    Settings settings;
    settings.users = 1'000;
    settings.ramp_seconds = 10;
    settings.hold_seconds = 20;
    settings.drop_seconds = 5;
    settings.slow_percent = 10;
    settings.aborting_percent = 20;
    settings.returning_percent = 5;
    settings.leaving_percent = 15;
    settings.stay_seconds = 4;
    return settings;
}

TEST(LoadPlan, Arrivals_FillTheRampEvenly) {
    Plan const plan(mixed());
    for (std::size_t user = 0; user < 1'000; ++user) {
        EXPECT_GE(plan.arrival(user), 0.01 * static_cast<double>(user));
        EXPECT_LT(plan.arrival(user), 0.01 * static_cast<double>(user + 1));
    }
}

TEST(LoadPlan, WhenThereIsNoRamp_AllComeAtOnce) {
    auto settings = mixed();
    settings.ramp_seconds = 0;
    Plan const plan(settings);
    EXPECT_EQ(plan.arrival(0), 0);
    EXPECT_EQ(plan.arrival(999), 0);
    EXPECT_EQ(plan.wanted(0), 1'000U);
}

TEST(LoadPlan, Shares_AreKeptAmongAnyUsers) {
    Plan const plan(mixed());
    for (std::size_t const begin : {0U, 137U, 800U}) {
        std::map<Kind, int> counts;
        for (std::size_t user = begin; user < begin + 200; ++user)
            ++counts[plan.kind(user)];
        EXPECT_NEAR(counts[Kind::slow], 20, 2);
        EXPECT_NEAR(counts[Kind::aborting], 40, 2);
        EXPECT_NEAR(counts[Kind::returning], 10, 2);
        EXPECT_NEAR(counts[Kind::leaving], 30, 2);
        EXPECT_NEAR(counts[Kind::steady], 100, 2);
    }
}

TEST(LoadPlan, WhenSharesAreNothingOrAll_SoAreTheUsers) {
    Settings settings;
    settings.users = 10'000;
    Plan const none(settings);
    settings.leaving_percent = 100;
    Plan const all(settings);
    for (std::size_t user = 0; user < 10'000; ++user) {
        ASSERT_EQ(none.kind(user), Kind::steady);
        ASSERT_EQ(none.stay(user, 1), 0);
        ASSERT_EQ(all.kind(user), Kind::leaving);
        ASSERT_GT(all.stay(user, 1), 0);
    }
}

TEST(LoadPlan, Stays_HaveTheirMeanAndAQuarterOfAbortsIsMidHandshake) {
    auto settings = mixed();
    settings.users = 100'000;
    Plan const plan(settings);
    double sum = 0;
    int leaving = 0;
    int aborting = 0;
    int early = 0;
    for (std::size_t user = 0; user < 100'000; ++user) {
        auto const stay = plan.stay(user, 1);
        EXPECT_LE(stay, 10 * settings.stay_seconds);
        if (plan.kind(user) == Kind::leaving) {
            sum += stay;
            ++leaving;
        } else if (plan.kind(user) == Kind::aborting) {
            ++aborting;
            early += stay < 0.02 ? 1 : 0;
        }
    }
    EXPECT_NEAR(sum / leaving, settings.stay_seconds, 0.1);
    EXPECT_NEAR(static_cast<double>(early) / aborting, 0.25, 0.02);
}

TEST(LoadPlan, Wanted_FollowsRampHoldAndDrop) {
    Plan const plan(mixed());
    EXPECT_EQ(plan.wanted(-1), 0U);
    EXPECT_EQ(plan.wanted(5), 500U);
    EXPECT_EQ(plan.wanted(10), 1'000U);
    EXPECT_EQ(plan.wanted(29.99), 1'000U);
    EXPECT_EQ(plan.wanted(32.5), 500U);
    EXPECT_EQ(plan.wanted(35), 0U);
    for (std::size_t user = 0; user < 1'000; ++user) {
        ASSERT_GE(plan.drop(user), 30);
        ASSERT_LT(plan.drop(user), 35);
    }
}

// contract: CLI-1
TEST(LoadPlan, BackOff_IsTheContractsRule) {
    Plan const plan(mixed());
    for (std::size_t user = 0; user < 1'000; ++user) {
        ASSERT_LT(plan.back_off(user, 1, 0), 0.5);
        ASSERT_LT(plan.back_off(user, 1, 3), 4);
        ASSERT_LT(plan.back_off(user, 1, 60), 20);
    }
}

TEST(LoadPlan, SameSeed_SamePlan) {
    auto settings = mixed();
    Plan const one(settings);
    Plan const same(settings);
    settings.seed = 2;
    Plan const other(settings);
    EXPECT_EQ(one.arrival(7), same.arrival(7));
    EXPECT_EQ(one.pause(7, 3), same.pause(7, 3));
    EXPECT_NE(one.arrival(7), other.arrival(7));
    EXPECT_NE(one.pause(7, 3), one.pause(7, 4));
}

}  // namespace
}  // namespace tickcast::load
