#include "tickcast/runtime/event_loop.hpp"

#include "support/manual_thread.hpp"

#include <gtest/gtest.h>

namespace tickcast {
namespace {

using namespace std::chrono_literals;

TEST(EventLoop, WithGivenTimes_HasItsTimeFromThemAlone) {
    test::ManualThread times;
    ShardMetrics metrics;
    EventLoop loop{0, metrics, times};
    EXPECT_EQ(loop.now(), SteadyTime{1h});
    EXPECT_EQ(loop.coarse_now(), SteadyTime{1h});
    EXPECT_EQ(loop.coarse_peer_now(), PeerTime{1h});
    times.waits(3s);
    EXPECT_EQ(loop.now(), SteadyTime{1h + 3s});
    EXPECT_EQ(loop.peer_clock().now(), PeerTime{1h + 3s});
    EXPECT_EQ(loop.coarse_now(), SteadyTime{1h}) << "there was no tick";
}

}  // namespace
}  // namespace tickcast
