#include "client/metrics_text.hpp"
#include "generator/own_cost.hpp"
#include "generator/server_watch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tickcast::load {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(OwnCost, WhenTheLoopStalls_EveryProbeMeantForThatTimeIsLate) {
    auto const start = OwnCost::Clock::now();
    OwnCost cost(start);
    client::LatencyHistogram all;
    for (auto now = start; now <= start + 1s; now += 1ms)
        cost.turn(now);
    auto const calm = cost.sample(start + 1s, all);
    EXPECT_EQ(all.count(), 200U);
    EXPECT_EQ(calm.lag_max_us, 0);
    cost.turn(start + 2s);
    auto const stalled = cost.sample(start + 2s, all);
    EXPECT_EQ(all.count(), 400U);
    EXPECT_EQ(stalled.lag_max_us, 995'000);
    EXPECT_NEAR(all.quantile(0.75), 500'000, 20'000);
}

TEST(OwnCost, WhenTheThreadComputes_ItsShareShows) {
    auto const start = OwnCost::Clock::now();
    OwnCost cost(start);
    client::LatencyHistogram all;
    timespec used{};
    do {
        ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    } while (OwnCost::Clock::now() < start + 50ms);
    // The time counts as one second: the computing is a part of it, however busy the machine is.
    auto const sample = cost.sample(start + 1s, all);
    EXPECT_GT(sample.cpu_share, 0);
    EXPECT_LT(sample.cpu_share, 0.9);
}

std::vector<CostSample> seconds(std::size_t bad, CostSample const& how) {
    std::vector<CostSample> all(100);
    std::fill_n(all.begin(), bad, how);
    return all;
}

TEST(BottleneckWarnings, ComePastOneSecondInTwenty) {
    EXPECT_THAT(bottleneck_warnings(seconds(5, {.cpu_share = 0.95}), 0), IsEmpty());
    EXPECT_THAT(bottleneck_warnings(seconds(6, {.cpu_share = 0.95}), 0),
                ElementsAre(HasSubstr("6 of 100 seconds")));
    EXPECT_THAT(bottleneck_warnings(seconds(100, {.cpu_share = 0.9}), 0), IsEmpty());
    EXPECT_THAT(bottleneck_warnings(seconds(5, {.waited_share = 0.5}), 0), IsEmpty());
    EXPECT_THAT(bottleneck_warnings(seconds(6, {.waited_share = 0.5}), 0),
                ElementsAre(HasSubstr("waited for a processor")));
    EXPECT_THAT(bottleneck_warnings(seconds(100, {.waited_share = 0.2}), 0), IsEmpty());
}

TEST(BottleneckWarnings, ComeWhenTheLoopIsLate) {
    EXPECT_THAT(bottleneck_warnings(seconds(0, {}), 10'000), IsEmpty());
    EXPECT_THAT(bottleneck_warnings(seconds(0, {}), 10'001), ElementsAre(HasSubstr("10 ms late")));
}

constexpr char const* kMetrics = R"(process_cpu_seconds_total 1.5
process_resident_memory_bytes 1000
process_open_fds 9
tickcast_sessions{state="pending"} 1
tickcast_sessions{state="streaming"} 2
tickcast_connections{transport="websocket"} 2
tickcast_subscriptions 7
tickcast_slow_clients 1
tickcast_ticks_delivered_total 5
tickcast_ticks_conflated_total 6
tickcast_ticks_abandoned_total 7
)";

TEST(ServerSample, HoldsTheSumsOfItsFamilies) {
    auto const sample = parse_server_sample(kMetrics, 3);
    EXPECT_EQ(sample.at, 3);
    EXPECT_EQ(sample.sessions, 3);
    EXPECT_EQ(sample.connections, 2);
    EXPECT_EQ(sample.subscriptions, 7);
    EXPECT_THROW(parse_server_sample("process_open_fds 9\n", 0), std::exception);
}

TEST(ServerSample, WhenOneGaugeRoseAsAnotherFell_HoldsMore) {
    ServerSample const before{.sessions = 5, .connections = 2, .subscriptions = 7};
    EXPECT_TRUE(before.holds_no_more_than(before));
    EXPECT_TRUE(ServerSample{}.holds_no_more_than(before));
    for (auto const& after : {ServerSample{.sessions = 6}, ServerSample{.connections = 3},
                              ServerSample{.subscriptions = 8}}) {
        EXPECT_FALSE(after.holds_no_more_than(before));
        EXPECT_FALSE(after.holds_nothing());
    }
    EXPECT_TRUE(ServerSample{}.holds_nothing());
}

}  // namespace
}  // namespace tickcast::load
