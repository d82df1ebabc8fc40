#include "http/deadline.hpp"

#include "support/manual_thread.hpp"

#include <gtest/gtest.h>

namespace tickcast::test {
namespace {

using namespace std::chrono_literals;

class DeadlineTest : public testing::Test {
protected:
    ManualThread times_;
    PeerClock clock_{times_};  ///< not started: it gives the steady time
    Deadline deadline_;
};

TEST_F(DeadlineTest, WhenSet_AsksForTheTimerThenAndPassesThen) {
    EXPECT_EQ(deadline_.set(10s, clock_), times_.now() + 10s);
    EXPECT_FALSE(deadline_.passed());
    times_.waits(10s - 1ns);
    auto const early = deadline_.timer_fired(clock_);
    EXPECT_FALSE(early.passed);
    EXPECT_EQ(early.next, times_.now() + 1ns);
    times_.waits(1ns);
    EXPECT_TRUE(deadline_.timer_fired(clock_).passed);
    EXPECT_TRUE(deadline_.passed());
}

TEST_F(DeadlineTest, WhenMovedOn_LeavesTheTimerAloneUntilItFires) {
    deadline_.set(1s, clock_);
    times_.waits(500ms);
    EXPECT_EQ(deadline_.set(10s, clock_), std::nullopt);
    times_.waits(500ms);
    auto const look = deadline_.timer_fired(clock_);
    EXPECT_FALSE(look.passed);
    EXPECT_EQ(look.next, times_.now() + 9500ms);
}

TEST_F(DeadlineTest, WhenBroughtForward_MovesTheTimer) {
    deadline_.set(10s, clock_);
    EXPECT_EQ(deadline_.set(1s, clock_), times_.now() + 1s);
    EXPECT_EQ(deadline_.set(1s, clock_), std::nullopt) << "it fires in time already";
}

TEST_F(DeadlineTest, WhenPassed_IsLookedAtAgainUntilItIsSetAnotherTime) {
    deadline_.set(1s, clock_);
    times_.waits(2s);
    auto const first = deadline_.timer_fired(clock_);
    EXPECT_EQ(first.next, times_.now() + Deadline::kCancelAgain);
    times_.waits(Deadline::kCancelAgain);
    EXPECT_TRUE(deadline_.timer_fired(clock_).passed) << "an operation may have escaped the first";
    EXPECT_EQ(deadline_.set(1s, clock_), std::nullopt) << "the timer fires before";
    EXPECT_FALSE(deadline_.passed());
    times_.waits(Deadline::kCancelAgain);
    EXPECT_FALSE(deadline_.timer_fired(clock_).passed);
}

TEST_F(DeadlineTest, WhenCleared_NeverPassesAndLetsTheTimerRest) {
    deadline_.set(1s, clock_);
    deadline_.clear();
    times_.waits(1h);
    auto const look = deadline_.timer_fired(clock_);
    EXPECT_FALSE(look.passed);
    EXPECT_EQ(look.next, std::nullopt);
    EXPECT_FALSE(deadline_.passed());
    EXPECT_EQ(deadline_.set(1s, clock_), times_.now() + 1s) << "which starts it again";
}

TEST_F(DeadlineTest, WhileTheProcessStoodStill_TheTimeDoesNotCount) {
    clock_.begin();
    clock_.ticked(times_.now(), 10ms);
    deadline_.set(1s, clock_);
    times_.waits(1h);  // and this process did not run
    auto const look = deadline_.timer_fired(clock_);
    EXPECT_FALSE(look.passed);
    ASSERT_TRUE(look.next);
    EXPECT_GT(*look.next, times_.now());
}

}  // namespace
}  // namespace tickcast::test
