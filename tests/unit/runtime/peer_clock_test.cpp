#include "tickcast/runtime/peer_clock.hpp"

#include "support/manual_thread.hpp"
#include "tickcast/runtime/process_clock.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace tickcast {
namespace {

using namespace std::chrono_literals;

class PeerClockTest : public testing::Test {
protected:
    static constexpr Duration kTick = 10ms;

    PeerClockTest() {
        clock_.begin();
        tick();
    }
    Duration tick() { return clock_.ticked(thread_.now(), kTick); }
    /// Turns like a loop that is not held up.
    void run(Duration time) {
        for (; time > 0ms; time -= kTick) {
            thread_.waits(kTick);
            ASSERT_EQ(tick(), 0ms);
        }
    }
    Duration behind() { return thread_.now().time_since_epoch() - clock_.now().time_since_epoch(); }

    test::ManualThread thread_;
    PeerClock clock_{thread_};
};

TEST_F(PeerClockTest, WhileTheLoopTurns_IsTheSteadyClock) {
    run(1s);
    EXPECT_EQ(behind(), 0ms);
    EXPECT_EQ(clock_.waiting_since(thread_.now()), thread_.now());
    EXPECT_EQ(clock_.woke(), SteadyTime::min());
}

TEST_F(PeerClockTest, ATickUpTo100MsLate_IsNoPause) {
    thread_.waits(kTick + 100ms);
    EXPECT_EQ(tick(), 0ms);
    EXPECT_EQ(behind(), 0ms);
    thread_.waits(kTick + 100ms + 1ns);
    EXPECT_EQ(tick(), 100ms + 1ns);
}

// contract: PAU-5
TEST_F(PeerClockTest, ALoopThatIsLateBecauseItWorks_DidNotPause) {
    thread_.works(10s);
    EXPECT_EQ(behind(), 0ms);
    EXPECT_EQ(tick(), 0ms);
    thread_.works(10s);
    thread_.waits(100ms);
    EXPECT_EQ(tick(), 0ms);
    EXPECT_EQ(behind(), 0ms);
}

TEST_F(PeerClockTest, APauseWithinWork_IsLeftOutAlone) {
    auto const before = clock_.now();
    thread_.works(3s);
    thread_.waits(kTick + 4s);
    EXPECT_EQ(tick(), 4s);
    EXPECT_EQ(clock_.now() - before, 3s + kTick);
}

// contract: PAU-3
TEST_F(PeerClockTest, AfterAPause_StandsStillToCatchUpAndGoesOn) {
    auto const before = clock_.now();
    thread_.waits(kTick + 4s);
    EXPECT_EQ(tick(), 4s);
    EXPECT_EQ(clock_.now() - before, kTick);
    EXPECT_TRUE(clock_.catching_up(thread_.now()));
    run(PeerClock::kMostCatchUp);
    EXPECT_FALSE(clock_.catching_up(thread_.now()));
    EXPECT_EQ(clock_.now() - before, kTick);
    run(2s);
    EXPECT_EQ(clock_.now() - before, kTick + 2s);
}

TEST_F(PeerClockTest, AShortPause_IsCaughtUpInAsMuch) {
    thread_.waits(kTick + 150ms);
    EXPECT_EQ(tick(), 150ms);
    run(1s);
    EXPECT_EQ(behind(), 300ms);
}

TEST_F(PeerClockTest, PausesThatFollowEachOther_AddUp) {
    auto const before = clock_.now();
    for (int pause = 0; pause < 3; ++pause) {
        thread_.waits(kTick + 2s);  // within the catching up after the previous pause
        EXPECT_EQ(tick(), 2s);
    }
    EXPECT_EQ(clock_.now() - before, kTick);
    run(PeerClock::kMostCatchUp + 1s);
    EXPECT_EQ(clock_.now() - before, 3 * kTick + 1s) << "two ticks of the catching up were before";
}

TEST_F(PeerClockTest, TheFirstReaderOfTheTime_NoticesThePause) {
    auto const before = clock_.now();
    thread_.waits(kTick + 4s);
    EXPECT_EQ(clock_.now() - before, kTick) << "before any tick";
    thread_.works(1ms);
    EXPECT_EQ(clock_.now() - before, kTick);
    EXPECT_EQ(tick(), 4s) << "reported once, by the tick";
    run(1s);
    EXPECT_EQ(tick(), 0ms);
}

// contract: PAU-1
TEST_F(PeerClockTest, Deadlines_AreMovedByThePause) {
    auto const deadline = clock_.now() + 10s;
    EXPECT_EQ(clock_.steady(deadline), thread_.now() + 10s);
    run(4s);
    thread_.waits(kTick + 60s);
    tick();
    EXPECT_EQ(clock_.steady(deadline), thread_.now() + PeerClock::kMostCatchUp + 6s - kTick);
    run(PeerClock::kMostCatchUp + 6s - kTick - kTick);
    EXPECT_LT(clock_.now(), deadline);
    run(kTick);
    EXPECT_GE(clock_.now(), deadline);
    EXPECT_EQ(clock_.steady(PeerTime::max()), SteadyTime::max());
}

/// As in a container that uses up its quota of processor time every 200 ms.
// contract: PAU-1
TEST_F(PeerClockTest, PausesWithLittleTimeBetween_LeaveHalfOfThatTimeToCount) {
    auto const before = clock_.now();
    for (int period = 0; period < 500; ++period) {
        run(20ms);
        thread_.waits(kTick + 170ms);
        EXPECT_EQ(tick(), 170ms);
    }
    EXPECT_GE(clock_.now() - before, 500 * (20ms + kTick) / 2 - PeerClock::kMostCatchUp);
    EXPECT_LE(clock_.now() - before, 500 * (20ms + kTick));
}

TEST_F(PeerClockTest, APauseAfterALittleTimeThatCounted_IsCaughtUpInAsMuch) {
    thread_.waits(kTick + 4s);
    tick();
    run(PeerClock::kMostCatchUp + 200ms);
    auto const before = clock_.now();
    thread_.waits(kTick + 4s);
    tick();
    run(200ms + kTick);
    EXPECT_EQ(clock_.now() - before, kTick) << "what counted since: 200 ms and a tick";
    run(kTick);
    EXPECT_EQ(clock_.now() - before, 2 * kTick);
}

TEST_F(PeerClockTest, WaitingSince_AfterAPause_CoversThePause) {
    thread_.waits(kTick + 4s);
    auto const woke = thread_.now();
    EXPECT_EQ(clock_.waiting_since(woke), woke - 4s) << "before any tick";
    tick();
    run(4s - kTick);
    EXPECT_EQ(clock_.waiting_since(thread_.now()), thread_.now() - 4s) << "and no more than that";
    run(kTick);
    EXPECT_EQ(clock_.waiting_since(thread_.now()), thread_.now());
}

TEST_F(PeerClockTest, WaitingSince_WhereASecondPauseFollowsAtOnce_CoversBoth) {
    thread_.waits(kTick + 4s);
    tick();
    run(500ms);
    thread_.waits(kTick + 2s);
    tick();
    EXPECT_EQ(clock_.waiting_since(thread_.now()), thread_.now() - 6s + 500ms + kTick)
        << "what was read meanwhile waits no more";
    run(6s);
    EXPECT_EQ(clock_.waiting_since(thread_.now()), thread_.now());
}

TEST_F(PeerClockTest, WaitingSince_WhereASecondPauseFollowsLater_CoversThatOneAlone) {
    thread_.waits(kTick + 1min);
    tick();
    run(1s - 2 * kTick);
    thread_.waits(kTick + 110ms);
    tick();
    EXPECT_LT(clock_.waiting_since(thread_.now()), thread_.now() - 59s) << "within a second";
    run(1s - kTick);
    thread_.waits(kTick + 110ms);
    tick();
    EXPECT_EQ(clock_.waiting_since(thread_.now()), thread_.now() - 110ms);
}

TEST_F(PeerClockTest, WaitingSince_WherePausesNeverEnd_HasABound) {
    for (int period = 0; period < 1000; ++period) {
        run(20ms);
        thread_.waits(kTick + 170ms);
        tick();
    }
    EXPECT_GE(clock_.waiting_since(thread_.now()), thread_.now() - 1min);
    thread_.waits(kTick + 5min);
    tick();
    EXPECT_EQ(clock_.waiting_since(thread_.now()), thread_.now() - 5min) << "one that is longer";
    run(20ms);
    thread_.waits(kTick + 170ms);
    tick();
    EXPECT_LE(clock_.waiting_since(thread_.now()), thread_.now() - 4min)
        << "is not cut by the next";
}

TEST_F(PeerClockTest, BeforeItsBegin_IsTheSteadyClock) {
    PeerClock fresh{thread_};
    thread_.waits(1h);
    EXPECT_EQ(fresh.now().time_since_epoch(), thread_.now().time_since_epoch());
    EXPECT_EQ(fresh.ticked(thread_.now(), kTick), 0ms);
}

// contract: PAU-5
TEST(PeerClockOfTheSystem, Sleep_IsAPauseAndWorkIsNone) {
    auto const& times = ThreadTimes::system();
    PeerClock clock;
    clock.begin();
    clock.ticked(times.now(), 0ms);
    std::this_thread::sleep_for(300ms);
    EXPECT_GE(clock.ticked(times.now(), 0ms), 290ms);
    auto const begun_at = times.now();
    auto const cpu = times.cpu();
    while (times.cpu() - cpu < 300ms) {
    }
    auto const found = clock.ticked(times.now(), 0ms);
    auto const not_run = (times.now() - begun_at) - (times.cpu() - cpu);  // on a busy machine
    EXPECT_LE(found, not_run + 20ms);
}

class ProcessClockTest : public testing::Test {
protected:
    static constexpr Duration kTick = 50ms;

    ProcessClockTest() {
        clock_.begin();
        clock_.tick(kTick);
    }
    void run(Duration time) {
        for (; time > 0ms; time -= kTick) {
            thread_.waits(kTick);
            ASSERT_EQ(clock_.tick(kTick), 0ms);
        }
    }

    test::ManualThread thread_;
    ProcessClock clock_{thread_};
};

// contract: PAU-2
TEST_F(ProcessClockTest, BeforeThePauseIsNoticed_NobodyIsJudgedByIt) {
    auto const before = clock_.peer_now();
    thread_.waits(1min);
    EXPECT_EQ(clock_.peer_now() - before, kTick) << "up to the tick that was due";
    EXPECT_EQ(clock_.tick(kTick), 1min - kTick);
    EXPECT_LE(clock_.peer_now() - before, kTick);
    run(2s);
    EXPECT_EQ(clock_.peer_now() - before, kTick + 2s - PeerClock::kMostCatchUp);
    EXPECT_EQ(clock_.left_out(), 1min - kTick + PeerClock::kMostCatchUp);
}

TEST_F(ProcessClockTest, ADeadlineMadeAfterAPause_IsAsFarAsAnyOther) {
    thread_.waits(1min);
    auto const unnoticed = clock_.peer_deadline(3s);
    clock_.tick(kTick);
    auto const noticed = clock_.peer_deadline(3s);
    EXPECT_LE(unnoticed - noticed, PeerClock::kMostCatchUp + 1s + kTick);
    run(3s - kTick);
    EXPECT_LT(clock_.peer_now(), noticed);
    run(kTick);
    EXPECT_GE(clock_.peer_now(), noticed);
}

TEST_F(ProcessClockTest, WhileItsThreadWorks_SessionsLoseNoneOfTheirTime) {
    thread_.works(800ms);
    auto const deadline = clock_.peer_deadline(1s);
    EXPECT_EQ(clock_.tick(kTick), 0ms);
    EXPECT_EQ(deadline - clock_.peer_now(), 1s);
}

// contract: SIG-9
TEST_F(ProcessClockTest, AfterAPause_SaysWhenItWoke) {
    run(1s);
    EXPECT_EQ(clock_.woke(), SteadyTime::min()) << "there was none";
    thread_.waits(1min);
    clock_.tick(kTick);
    auto const woke = clock_.now();
    run(1s);
    EXPECT_EQ(clock_.woke(), woke);
}

}  // namespace
}  // namespace tickcast
