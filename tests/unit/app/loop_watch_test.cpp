#include "app/loop_watch.hpp"

#include <gtest/gtest.h>

#include <array>

namespace tickcast {
namespace {

using namespace std::chrono_literals;

class LoopWatchTest : public testing::Test {
protected:
    /// That time passes for the peers; each loop turns, or does not.
    bool after(Duration time, bool first_turns, bool second_turns) {
        now_ += time;
        turns_[0] += first_turns ? 1 : 0;
        turns_[1] += second_turns ? 1 : 0;
        return watch_.all_turn(now_, [this](std::size_t index) { return turns_[index]; });
    }

    std::array<std::int64_t, 2> turns_{};
    PeerTime now_{1h};
    LoopWatch watch_{2};
};

// contract: HLT-2
TEST_F(LoopWatchTest, AllTurn_WhenOneLoopStopsForTheTime_IsFalse) {
    EXPECT_TRUE(after(0s, false, false)) << "a start counts as a turn";
    EXPECT_TRUE(after(4s, true, false));
    EXPECT_TRUE(after(1s - 1ns, true, false));
    EXPECT_FALSE(after(1ns, true, false));
    EXPECT_FALSE(after(10s, true, false));
    EXPECT_TRUE(after(50ms, true, true));
}

TEST_F(LoopWatchTest, AllTurn_WhenNoTimePassedForThePeers_NoneIsStuck) {
    EXPECT_TRUE(after(4s, true, true));
    EXPECT_TRUE(after(0s, false, false)) << "a pause, however long";
    EXPECT_TRUE(after(5s - 1ns, false, true));
    EXPECT_FALSE(after(1ns, false, true));
}

}  // namespace
}  // namespace tickcast
