#include "app/drain_deadline.hpp"

#include "support/manual_thread.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace tickcast {
namespace {

using namespace std::chrono_literals;

class DrainDeadlineTest : public testing::Test {
protected:
    static constexpr Duration kTick = 50ms;
    static constexpr Duration kOver = 10s;
    static constexpr Duration kGrace = 4s;

    DrainDeadlineTest() {
        peers_.begin();
        run(1s);
        began_ = thread_.now();
        deadline_ = DrainDeadline{began_, peers_, kOver, kGrace};
    }
    void run(Duration time) {
        for (; time > 0s; time -= kTick) {
            thread_.waits(kTick);
            peers_.ticked(thread_.now(), kTick);
        }
    }
    void pause(Duration time) {
        thread_.waits(time);
        peers_.ticked(thread_.now(), kTick);
    }
    Duration after() const { return deadline_.at() - began_; }
    bool put_off() { return deadline_.put_off(thread_.now(), peers_); }

    test::ManualThread thread_;
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
