// The ordered output under stress: a real server in this process with tiny send buffers, and
// clients that ping, fragment, stall, break rules, come back and reset at random. Every byte that
// they get is checked.
#include "integration/running_server.hpp"
#include "integration/shard_allocations.hpp"
#include "integration/torture_client.hpp"
#include "stream/event_stream.hpp"
#include "stream/websocket_stream.hpp"
#include "support/event_client.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

namespace tickcast {
namespace {

double torture_seconds() {
    auto const* text = std::getenv("TORTURE_SECONDS");
    return text != nullptr ? std::atof(text) : 6;
}

Settings torture_settings() {
    Settings settings;
    settings.listen = "127.0.0.1:0";
    settings.admin_listen = "127.0.0.1:0";
    settings.threads = 2;
    settings.feeds = {"sim?tickers=6&rate=4000"};
    settings.stream_send_buffer_bytes = 2048;
    settings.ping_seconds = 0.05;
    settings.heartbeat_seconds = 0.05;
    settings.detached_seconds = 60;
    settings.drain_seconds = 0;
    return settings;
}

void torture(Settings const& settings) {
    bool const over_tls = !settings.tls_cert.empty();
    test::RunningServer server{settings};
    constexpr unsigned kThreads = 24;
    auto const until = std::chrono::steady_clock::now() +
                       std::chrono::milliseconds{static_cast<int>(torture_seconds() * 1000)};
    std::mutex mutex;
    std::vector<std::string> faults;
    test::TortureTotals totals;
    std::vector<std::thread> threads;
    for (unsigned thread = 0; thread < kThreads; ++thread) {
        threads.emplace_back([&, thread] {
            test::TortureClient client{server.port(), 1000 + thread, over_tls};
            std::string fault;
            while (fault.empty() && std::chrono::steady_clock::now() < until) {
                fault = client.live_once();
            }
            std::lock_guard const lock{mutex};
            if (!fault.empty()) faults.push_back(fault);
            totals.streams += client.totals().streams;
            totals.frames += client.totals().frames;
            totals.ticks += client.totals().ticks;
            totals.pongs += client.totals().pongs;
            totals.key_updates += client.totals().key_updates;
            for (auto const& [code, count] : client.totals().endings)
                totals.endings[code] += count;
        });
    }
    for (auto& thread : threads)
        thread.join();
    for (auto const& fault : faults)
        ADD_FAILURE() << fault;

    std::printf("streams %lu, frames %lu, ticks %lu, pongs %lu\n", totals.streams, totals.frames,
                totals.ticks, totals.pongs);
    for (auto const code : {0, 1000, 1002, 1003, 1007, 1009}) {
        std::printf("ended by %d: %lu\n", code, totals.endings[code]);
        EXPECT_GT(totals.endings[code], 0U) << "this way to end was never tried: " << code;
    }
    EXPECT_GT(totals.ticks, 1000U);
    EXPECT_GT(totals.pongs, 50U);
    EXPECT_TRUE(!over_tls || totals.key_updates > 50U) << totals.key_updates;
    EXPECT_GT(server.metric("tickcast_ticks_conflated_total"), 0) << "no socket was ever full";

    auto const patience = std::chrono::steady_clock::now() + std::chrono::seconds{10};
    auto const idle = [&] {
        return server.metric("tickcast_connections{transport=\"websocket\"}") == 0 &&
               server.metric("tickcast_subscriptions") == 0;
    };
    while (!idle() && std::chrono::steady_clock::now() < patience) {
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
    EXPECT_TRUE(idle()) << server.metrics();
    EXPECT_EQ(server.stop(), 0);
}

// contract: END-4
TEST(StreamTorture, WhenClientsDoTheirWorst_EveryByteIsInOrderAndNothingStays) {
    torture(torture_settings());  // by io_uring where the kernel allows it
}

TEST(StreamTorture, BySend_WhenClientsDoTheirWorst_EveryByteIsInOrderAndNothingStays) {
    auto settings = torture_settings();
    settings.send_backend = "send";
    torture(settings);
}

TEST(StreamTorture, OverTls_WhenClientsDoTheirWorst_EveryByteIsInOrderAndNothingStays) {
    test::TestCertificate const certificate;
    auto settings = torture_settings();
    settings.tls_cert = certificate.certificate_file();
    settings.tls_key = certificate.key_file();
    torture(settings);
}

/// Streams until `stop`, and counts itself in `streaming` once it has its snapshot. The test
/// measures the server's allocations.
using Reader = std::function<void(std::uint16_t port, std::atomic<bool> const& stop,
                                  std::atomic<unsigned>& streaming)>;

void expect_frames_without_allocation(Reader const& read_until) {
    auto settings = torture_settings();
    settings.feeds = {"sim?tickers=64&rate=3000"};
    settings.stream_send_buffer_bytes = 65'536;
    settings.ping_seconds = 20;
    settings.heartbeat_seconds = 15;
    test::RunningServer server{settings};
    constexpr unsigned kClients = 50;
    std::atomic<bool> stop{false};
    std::atomic<unsigned> streaming{0};
    auto const before = test::shard_allocations();
    std::vector<std::thread> threads;
    for (unsigned client = 0; client < kClients; ++client) {
        threads.emplace_back([&] { read_until(server.port(), stop, streaming); });
    }
    auto const patience = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (streaming < kClients && std::chrono::steady_clock::now() < patience) {
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
    ASSERT_EQ(streaming, kClients);
    std::this_thread::sleep_for(std::chrono::seconds{1});  // a warm-up, no condition depends on it
    auto const warm = test::shard_allocations();
    auto const frames_before = server.metric("tickcast_frames_sent_total");
    std::this_thread::sleep_for(std::chrono::seconds{2});
    auto const after = test::shard_allocations();
    auto const frames = server.metric("tickcast_frames_sent_total") - frames_before;
    auto const per_frame = static_cast<double>(after.count - warm.count) / frames;
    std::printf("heap %ld bytes a stream of 20 tickers (sizeof %zu, of events %zu)\n",
                (after.bytes_held - before.bytes_held) / kClients, sizeof(WebSocketStream),
                sizeof(EventStream));
    std::printf("allocations a frame: %.5f (%lu in %.0f frames)\n", per_frame,
                after.count - warm.count, frames);
    EXPECT_GT(frames, 1000);
    // The coarse tick, the accept loop and the scrape itself may allocate; frames must not.
    EXPECT_LT(per_frame, 0.01);
    stop = true;
    for (auto& thread : threads)
        thread.join();
}

TEST(StreamTorture, WhenStreamsAreWarm_FramesCostNoAllocation) {
    if (!test::allocations_are_counted()) GTEST_SKIP() << "sanitizers bring their own allocator";
    expect_frames_without_allocation([](auto port, auto const& stop, auto& streaming) {
        test::TortureClient client{port, 5};
        client.read_quietly(20, stop, [&] { ++streaming; });
    });
}

TEST(StreamTorture, WhenEventStreamsAreWarm_FramesCostNoAllocation) {
    if (!test::allocations_are_counted()) GTEST_SKIP() << "sanitizers bring their own allocator";
    expect_frames_without_allocation([](auto port, auto const& stop, auto& streaming) {
        test::Endpoint const server{.address = "127.0.0.1", .port = port};
        test::EventClient client{server};
        client.open(test::new_session(server, 20), {});
        for (bool told = false; !stop && client.read_for(std::chrono::milliseconds{100});) {
            if (client.had_snapshot() && !std::exchange(told, true)) ++streaming;
        }
    });
}

}  // namespace
}  // namespace tickcast
