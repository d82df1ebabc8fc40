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

/// The socket's options in the kernel.
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
    Watched options;
    get(SOL_SOCKET, SO_KEEPALIVE, options.keep_alive);
    get(IPPROTO_TCP, TCP_KEEPIDLE, options.idle_seconds);
    get(IPPROTO_TCP, TCP_KEEPINTVL, options.interval_seconds);
    get(IPPROTO_TCP, TCP_USER_TIMEOUT, options.user_timeout_ms);
    return options;
}

TEST(WatchPeer, WithTheDefaults_ProbesAndWaitsAsSet) {
    Settings const defaults;
    auto const options = watched(defaults.ping_seconds, defaults.peer_timeout_seconds);
    EXPECT_EQ(options.keep_alive, 1);
    EXPECT_EQ(options.idle_seconds, 20);
    EXPECT_EQ(options.interval_seconds, 20);
    EXPECT_EQ(options.user_timeout_ms, 60'000);
}

TEST(WatchPeer, WithPartsOfASecond_RoundsUpToTheKernelsUnit) {
    auto const options = watched(0.2, 1.5);
    EXPECT_EQ(options.idle_seconds, 1);
    EXPECT_EQ(options.user_timeout_ms, 1500);
    EXPECT_EQ(watched(1.5, 0.0001).idle_seconds, 2);
    // 0 would mean the kernel's default, which is very long.
    EXPECT_EQ(watched(1.5, 0.0001).user_timeout_ms, 1);
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
