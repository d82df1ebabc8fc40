#include "tickcast/runtime/event_loop.hpp"

#include <gtest/gtest.h>

namespace tickcast {
namespace {

using namespace std::chrono_literals;

class Times final : public ThreadTimes {
public:
    SteadyTime now() const noexcept override { return now_; }
    std::int64_t wall_us() const noexcept override { return 0; }
    Duration cpu() const noexcept override { return 0ns; }
    void passes(Duration by) noexcept { now_ += by; }

private:
    SteadyTime now_{1h};
};

TEST(EventLoop, WithGivenTimes_HasItsTimeFromThemAlone) {
    Times times;
    ShardMetrics metrics;
    EventLoop shard{0, metrics, times};
    EXPECT_EQ(shard.now(), SteadyTime{1h});
    EXPECT_EQ(shard.coarse_now(), SteadyTime{1h});
    EXPECT_EQ(shard.coarse_peer_now(), PeerTime{1h});
    times.passes(3s);
    EXPECT_EQ(shard.now(), SteadyTime{1h + 3s});
    EXPECT_EQ(shard.peer_clock().now(), PeerTime{1h + 3s});
    EXPECT_EQ(shard.coarse_now(), SteadyTime{1h}) << "there was no tick";
}

}  // namespace
}  // namespace tickcast
