#include "feed/replay/late_turn.hpp"

#include "tickcast/runtime/peer_clock.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace tickcast {
namespace {

using namespace std::chrono_literals;

constexpr SteadyTime kPlanned{1h};
constexpr Duration kLate = PeerClock::kLeastPause;

TEST(LateTurn, GivesWay_BelowAndAtTheLeastPause_OnceAtIt) {
    LateTurn turn{0s};
    turn.planned(kPlanned);
    EXPECT_FALSE(turn.gives_way(kPlanned));
    EXPECT_FALSE(turn.gives_way(kPlanned + kLate - 1ns));
    EXPECT_TRUE(turn.gives_way(kPlanned + kLate));
    EXPECT_FALSE(turn.gives_way(kPlanned + kLate)) << "the clock has had its turn";
    EXPECT_TRUE(turn.gives_way(kPlanned + kLate)) << "another turn that is late";
}

TEST(LateTurn, Paused_IsWhatAPauseExplainsOfTheDelay) {
    LateTurn turn{5s};
    turn.planned(kPlanned);
    EXPECT_EQ(turn.paused(kPlanned + 3s, 5s), 0s) << "late without a pause";
    EXPECT_EQ(turn.paused(kPlanned + 3s, 7s), 2s) << "the pause was shorter than the delay";
    EXPECT_EQ(turn.paused(kPlanned + 3s, 7s), 0s) << "each pause counts once";
    EXPECT_EQ(turn.paused(kPlanned + 3s, 17s), 3s) << "it had begun before the turn was due";
}

TEST(LateTurn, Paused_BeforeTheTurnIsDue_IsNothing) {
    LateTurn turn{0s};
    turn.planned(kPlanned);
    EXPECT_EQ(turn.paused(kPlanned - 1s, 2s), 0s);
    EXPECT_EQ(turn.paused(kPlanned + 1s, 2s), 0s) << "it was over by then";
}

}  // namespace
}  // namespace tickcast
