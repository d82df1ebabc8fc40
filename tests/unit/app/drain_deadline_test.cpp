#include "app/drain_deadline.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace tickcast {
namespace {

using namespace std::chrono_literals;

/// The times of a thread that waits and never works.
class WaitingThread final : public ThreadTimes {
public:
    SteadyTime now() const noexcept override { return now_; }
    std::int64_t wall_us() const noexcept override { return 0; }
    Duration cpu() const noexcept override { return 1s; }

    SteadyTime now_{1h};
};

class DrainDeadlineTest : public testing::Test {
protected:
    static constexpr Duration kTick = 50ms;
    static constexpr Duration kOver = 10s;
    static constexpr Duration kGrace = 4s;

    DrainDeadlineTest() {
        peers_.begin();
        run(1s);
        began_ = thread_.now_;
        deadline_ = DrainDeadline{began_, peers_, kOver, kGrace};
    }
    void run(Duration time) {
        for (; time > 0s; time -= kTick) {
            thread_.now_ += kTick;
            peers_.ticked(thread_.now_, kTick);
        }
    }
    void pause(Duration time) {
        thread_.now_ += time;
        peers_.ticked(thread_.now_, kTick);
    }
    Duration after() const { return deadline_.at() - began_; }
    bool put_off() { return deadline_.put_off(thread_.now_, peers_); }

    WaitingThread thread_;
    PeerClock peers_{thread_};
    SteadyTime began_{};
    DrainDeadline deadline_{};
};

TEST_F(DrainDeadlineTest, WithoutAPause_IsTheDrainsTimeAndTheGrace) {
    EXPECT_EQ(after(), kOver + kGrace);
    run(kOver + kGrace);
    EXPECT_FALSE(put_off());
}

TEST_F(DrainDeadlineTest, WhenThePauseWasLongAgo_ItsClientsHaveHadTheirTime) {
    run(1s);
    pause(3s);
    run(kOver + kGrace - 4s);
    EXPECT_FALSE(put_off()) << "they had nine seconds since";
    EXPECT_EQ(after(), kOver + kGrace);
}

TEST_F(DrainDeadlineTest, WhenThePauseWasJustNow_ClientsGetTheGraceFromItsEnd) {
    run(kOver);
    pause(3500ms);
    run(500ms);
    ASSERT_TRUE(put_off());
    EXPECT_EQ(after(), kOver + 3500ms + kGrace);
    run(3500ms);
    EXPECT_FALSE(put_off());
}

TEST_F(DrainDeadlineTest, WhenThePauseWasShort_ItIsPutOffByNoMoreThanThat) {
    run(kOver + kGrace - 1s);
    pause(1s);
    ASSERT_TRUE(put_off());
    EXPECT_EQ(after(), kOver + kGrace + (1s - kTick) + PeerClock::kMostCatchUp)
        << "far less than the grace from its end";
}

}  // namespace
}  // namespace tickcast
