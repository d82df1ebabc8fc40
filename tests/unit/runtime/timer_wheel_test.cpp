#include "tickcast/runtime/timer_wheel.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <vector>

namespace tickcast {
namespace {

using namespace std::chrono_literals;

struct Waiter {
    explicit Waiter(TimerWheel& w) : wheel(w) {}
    static void fire(void* self, SteadyTime now) noexcept {
        auto& waiter = *static_cast<Waiter*>(self);
        waiter.fired_at.push_back(now);
        if (waiter.again > Duration{0}) waiter.wheel.schedule(waiter.node, now + waiter.again);
    }
    TimerWheel& wheel;
    std::vector<SteadyTime> fired_at;
    Duration again{0};
    TimerNode node{&Waiter::fire, this};
};

TEST(TimerWheel, WhenDeadlineNotReached_DoesNotFire) {
    SteadyTime const start{1s};
    TimerWheel wheel{start};
    Waiter waiter{wheel};
    wheel.schedule(waiter.node, start + 100ms);
    wheel.advance(start + 99ms);
    EXPECT_TRUE(waiter.fired_at.empty());
    wheel.advance(start + 100ms);
    EXPECT_EQ(waiter.fired_at.size(), 1U);
    wheel.advance(start + 10s);
    EXPECT_EQ(waiter.fired_at.size(), 1U) << "fires once a schedule";
}

TEST(TimerWheel, WhenDeadlineIsBeyondOneTurn_FiresThenAndNotBefore) {
    SteadyTime const start{1s};
    TimerWheel wheel{start};
    Waiter waiter{wheel};
    wheel.schedule(waiter.node, start + 25s);
    for (auto at = start; at < start + 25s; at += 10ms)
        wheel.advance(at);
    EXPECT_TRUE(waiter.fired_at.empty());
    wheel.advance(start + 25s);
    EXPECT_EQ(waiter.fired_at.size(), 1U);
}

TEST(TimerWheel, WhenCancelledOrDestroyed_DoesNotFire) {
    SteadyTime const start{1s};
    TimerWheel wheel{start};
    Waiter cancelled{wheel};
    auto destroyed = std::make_unique<Waiter>(wheel);
    wheel.schedule(cancelled.node, start + 50ms);
    wheel.schedule(destroyed->node, start + 50ms);
    cancelled.node.cancel();
    destroyed.reset();
    wheel.advance(start + 1s);
    EXPECT_TRUE(cancelled.fired_at.empty());
}

TEST(TimerWheel, WhenRescheduledWhileFiring_FiresAgainLater) {
    SteadyTime const start{1s};
    TimerWheel wheel{start};
    Waiter waiter{wheel};
    waiter.again = 30ms;
    wheel.schedule(waiter.node, start + 30ms);
    for (auto at = start; at <= start + 300ms; at += 10ms)
        wheel.advance(at);
    EXPECT_EQ(waiter.fired_at.size(), 10U);
}

TEST(TimerWheel, WhenLoopPausedForMinutes_FiresAllThatIsDue) {
    SteadyTime const start{1s};
    TimerWheel wheel{start};
    Waiter soon{wheel};
    Waiter late{wheel};
    Waiter later{wheel};
    wheel.schedule(soon.node, start + 20ms);
    wheel.schedule(late.node, start + 119s);
    wheel.schedule(later.node, start + 200s);
    wheel.advance(start + 120s);
    EXPECT_EQ(soon.fired_at.size(), 1U);
    EXPECT_EQ(late.fired_at.size(), 1U);
    EXPECT_TRUE(later.fired_at.empty());
    wheel.advance(start + 200s);
    EXPECT_EQ(later.fired_at.size(), 1U);
}

TEST(TimerWheel, WhenDeadlinesAreRandom_NoneIsEarlyAndNoneLaterThanATick) {
    std::mt19937 random{7};
    SteadyTime const start{1s};
    TimerWheel wheel{start};
    std::vector<std::unique_ptr<Waiter>> waiters;
    std::vector<SteadyTime> due;
    for (int i = 0; i < 2000; ++i) {
        waiters.push_back(std::make_unique<Waiter>(wheel));
        due.push_back(start + std::chrono::microseconds{1 + random() % 30'000'000});
        wheel.schedule(waiters.back()->node, due.back());
    }
    for (auto at = start; at <= start + 31s; at += 5ms)
        wheel.advance(at);
    for (std::size_t i = 0; i < waiters.size(); ++i) {
        ASSERT_EQ(waiters[i]->fired_at.size(), 1U);
        EXPECT_GE(waiters[i]->fired_at[0], due[i]);
        EXPECT_LE(waiters[i]->fired_at[0], due[i] + TimerWheel::kTick + 5ms);
    }
}

}  // namespace
}  // namespace tickcast
