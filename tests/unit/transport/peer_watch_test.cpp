#include "tickcast/transport/peer_watch.hpp"

#include <gtest/gtest.h>

#include <netinet/tcp.h>

namespace tickcast::test {
namespace {

struct Watched {
    int keep_alive{-1};
    int idle_seconds{-1};
    int interval_seconds{-1};
    int user_timeout_ms{-1};
};

/// What the kernel has been told.
Watched watched(double ping_seconds, double peer_timeout_seconds) {
    asio::io_context io;
    TcpSocket socket{io.get_executor(), asio::ip::tcp::v4()};
    Settings settings;
    settings.ping_seconds = ping_seconds;
    settings.peer_timeout_seconds = peer_timeout_seconds;
    watch_peer(socket.native_handle(), settings);
    auto const get = [&socket](int level, int option, int& value) {
        socklen_t size = sizeof value;
        EXPECT_EQ(::getsockopt(socket.native_handle(), level, option, &value, &size), 0) << option;
    };
    Watched told;
    get(SOL_SOCKET, SO_KEEPALIVE, told.keep_alive);
    get(IPPROTO_TCP, TCP_KEEPIDLE, told.idle_seconds);
    get(IPPROTO_TCP, TCP_KEEPINTVL, told.interval_seconds);
    get(IPPROTO_TCP, TCP_USER_TIMEOUT, told.user_timeout_ms);
    return told;
}

TEST(WatchPeer, WithTheDefaults_ProbesAndWaitsAsSet) {
    Settings const defaults;
    auto const told = watched(defaults.ping_seconds, defaults.peer_timeout_seconds);
    EXPECT_EQ(told.keep_alive, 1);
    EXPECT_EQ(told.idle_seconds, 20);
    EXPECT_EQ(told.interval_seconds, 20);
    EXPECT_EQ(told.user_timeout_ms, 60'000);
}

TEST(WatchPeer, WithPartsOfASecond_RoundsUpToTheKernelsUnit) {
    auto const told = watched(0.2, 1.5);
    EXPECT_EQ(told.idle_seconds, 1);
    EXPECT_EQ(told.user_timeout_ms, 1500);
    EXPECT_EQ(watched(1.5, 0.0001).idle_seconds, 2);
    EXPECT_EQ(watched(1.5, 0.0001).user_timeout_ms, 1);  // 0 would be the kernel's own, for ever
}

TEST(WatchPeer, AtAndAboveTheKernelsMost_IsThat) {
    EXPECT_EQ(watched(32'767, 1).idle_seconds, 32'767);
    EXPECT_EQ(watched(32'768, 1).idle_seconds, 32'767);
    EXPECT_EQ(watched(1, 86'400).user_timeout_ms, 86'400'000);
    EXPECT_EQ(watched(1, 2'147'483.647).user_timeout_ms, 2'147'483'647);
    EXPECT_EQ(watched(1, 31'536'000).user_timeout_ms, 2'147'483'647);
}

}  // namespace
}  // namespace tickcast::test
