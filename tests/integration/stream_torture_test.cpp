// The server under stress: a real one in this process with tiny send buffers, threads and sockets,
// and clients that ping, fragment, stall, break rules, come back and reset at random. They also
// change, displace, delete and forget their sessions, by messages and by REST, while these stream.
// Every byte that they get is checked.
#include "client/metrics_text.hpp"
#include "integration/running_server.hpp"
#include "integration/shard_allocations.hpp"
#include "integration/torture_client.hpp"
#include "stream/event_stream.hpp"
#include "stream/websocket_stream.hpp"
#include "support/event_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace tickcast {
namespace {

using namespace std::chrono_literals;

constexpr unsigned kThreads = 24;
constexpr unsigned kDrained = 12;
constexpr auto kSessionWait = 500ms;

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
    settings.max_messages_per_second = 100;
    settings.ping_seconds = 0.05;
    settings.heartbeat_seconds = 0.05;
    settings.pending_seconds = settings.detached_seconds = 0.5;
    settings.drain_seconds = 0;
    return settings;
}

/// The kinds of steps that were never taken, the ways to end that were never tried, and what came
/// too seldom.
std::vector<std::string> what_is_missing(test::TortureTotals totals, bool over_tls) {
    std::vector<std::string> missing;
    for (auto const code : {0, 1000, 1002, 1003, 1007, 1008, 1009, 4000, 4001}) {
        if (totals.endings[code] == 0) missing.push_back("an end by " + std::to_string(code));
    }
    for (auto const* step : {"create", "open", "get", "patch", "message", "settle", "take-over",
                             "race of two take-overs", "delete", "delete before a take-over",
                             "delete behind a take-over", "expiry"}) {
        if (totals.steps[step] == 0) missing.emplace_back(step);
    }
    if (totals.ticks <= 1000) missing.emplace_back("ticks");
    if (totals.pongs <= 50) missing.emplace_back("pongs");
    if (over_tls && totals.key_updates <= 50) missing.emplace_back("key updates");
    return missing;
}

void print(test::TortureTotals const& totals) {
    std::printf("streams %lu, frames %lu, ticks %lu, pongs %lu\nended by", totals.streams,
                totals.frames, totals.ticks, totals.pongs);
    for (auto const& [code, count] : totals.endings)
        std::printf(" %d: %lu,", code, count);
    std::printf("\nsteps");
    for (auto const& [step, count] : totals.steps)
        std::printf(" %s: %lu,", step.c_str(), count);
    std::printf("\n");
}

/// Lets the clients live for the time of the test; on a slow machine longer, until nothing is
/// missing.
test::TortureTotals run_clients(test::TortureTarget target) {
    auto const time = std::chrono::duration<double>{torture_seconds()};
    auto const began = std::chrono::steady_clock::now();
    std::mutex mutex;
    test::TortureTotals totals;
    auto const goes_on = [&] {
        auto const passed = std::chrono::steady_clock::now() - began;
        if (passed < time) return true;
        std::lock_guard const lock{mutex};
        return passed < 10 * time && !what_is_missing(totals, target.over_tls).empty();
    };
    std::vector<std::thread> threads;
    for (unsigned thread = 0; thread < kThreads; ++thread) {
        threads.emplace_back([&, thread] {
            test::TortureClient client{target, kSessionWait, 1000 + thread};
            std::string fault;
            while (fault.empty() && goes_on()) {
                fault = client.live_once();
                std::lock_guard const lock{mutex};
                totals += client.take_totals();
            }
            if (!fault.empty()) ADD_FAILURE() << fault;
        });
    }
    for (auto& thread : threads)
        thread.join();
    return totals;
}

/// Once the last sessions have expired, nothing stays of the clients.
void expect_nothing_stays(test::RunningServer const& server) {
    auto const patience = std::chrono::steady_clock::now() + 10s;
    auto const idle = [&] {
        client::Metrics const metrics{server.metrics()};
        return metrics.total("tickcast_connections") == 0 &&
               metrics.total("tickcast_subscriptions") == 0 &&
               metrics.total("tickcast_slow_clients") == 0 &&
               metrics.total("tickcast_sessions") == 0;
    };
    while (!idle() && std::chrono::steady_clock::now() < patience)
        std::this_thread::sleep_for(20ms);
    EXPECT_TRUE(idle()) << server.metrics();
}

/// No session and no stream was lost or doubled.
void expect_books(test::RunningServer const& server, test::TortureTotals totals) {
    client::Metrics const metrics{server.metrics()};
    auto const ended = [&](std::string const& reason) {
        return metrics.at("tickcast_sessions_ended_total{reason=\"" + reason + "\"}");
    };
    EXPECT_EQ(metrics.total("tickcast_sessions_created_total"), totals.steps["create"]);
    EXPECT_EQ(metrics.total("tickcast_sessions_ended_total"), totals.steps["create"]);
    EXPECT_EQ(ended("deleted"), totals.steps["delete"]);
    EXPECT_EQ(ended("policy"), totals.endings[1008]);
    EXPECT_EQ(ended("too_old"), 0);
    EXPECT_EQ(metrics.total("tickcast_stream_closes_total"), totals.streams);
    EXPECT_GE(metrics.at("tickcast_stream_closes_total{code=\"4001\"}"), totals.endings[4001]);
    EXPECT_GT(metrics.total("tickcast_ticks_conflated_total"), 0) << "no socket was ever full";
}

void expect_drain(test::RunningServer& server, test::TortureTarget target) {
    std::vector<std::unique_ptr<test::TortureClient>> clients;
    for (unsigned i = 0; i < kDrained; ++i) {
        clients.push_back(std::make_unique<test::TortureClient>(target, kSessionWait, 2000 + i));
        EXPECT_EQ(clients.back()->begin_stream(), "");
    }
    server.begin_stop();
    for (auto const& client : clients)
        EXPECT_EQ(client->await_drain(), "");
    server.stop();
}

void torture(Settings const& settings) {
    bool const over_tls = !settings.tls_cert.empty();
    test::RunningServer server{settings};
    test::TortureTarget const target{.port = server.port(), .over_tls = over_tls};
    auto const totals = run_clients(target);
    print(totals);
    EXPECT_THAT(what_is_missing(totals, over_tls), testing::IsEmpty());
    expect_nothing_stays(server);
    expect_books(server, totals);
    expect_drain(server, target);
}

// contract: END-4 MSG-11 MSG-14 MSG-15 MSG-16
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
    settings.pending_seconds = 30;
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
        std::mt19937 random{5};
        test::TortureTotals totals;
        auto const session = test::new_session({.address = "127.0.0.1", .port = port}, 20);
        test::TortureStream stream{{.port = port}, session, random, totals};
        stream.ask();
        stream.answered();
        for (bool streams = false; !stop && stream.read_for(100);) {
            if (stream.had_snapshot() && !std::exchange(streams, true)) ++streaming;
        }
    });
}

TEST(StreamTorture, WhenEventStreamsAreWarm_FramesCostNoAllocation) {
    if (!test::allocations_are_counted()) GTEST_SKIP() << "sanitizers bring their own allocator";
    expect_frames_without_allocation([](auto port, auto const& stop, auto& streaming) {
        test::Endpoint const server{.address = "127.0.0.1", .port = port};
        test::EventClient client{server};
        client.open(test::new_session(server, 20), {});
        for (bool streams = false; !stop && client.read_for(std::chrono::milliseconds{100});) {
            if (client.had_snapshot() && !std::exchange(streams, true)) ++streaming;
        }
    });
}

}  // namespace
}  // namespace tickcast
