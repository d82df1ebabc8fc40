#include "tickcast/stream/stream_times.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace tickcast {
namespace {

using namespace std::chrono_literals;

TEST(StreamTimes, FromSettings_KeepsTheirDecimalsAndLetsAPingRideATenthAhead) {
    Settings settings;
    settings.heartbeat_seconds = 0.5;
    settings.ping_seconds = 20;
    settings.peer_timeout_seconds = 60;
    settings.slow_client_seconds = 0.25;
    auto const times = StreamTimes::from(settings);
    EXPECT_EQ(times.heartbeat, 500ms);
    EXPECT_EQ(times.ping, 20s);
    EXPECT_EQ(times.ping_ahead, 2s);
    EXPECT_EQ(times.peer_timeout, 60s);
    EXPECT_EQ(times.slow_client, 250ms);
}

}  // namespace
}  // namespace tickcast
