// One shard with more fan-out than it can handle: a new client still gets in, and SIGTERM still
// ends the server.
#include "e2e/support/e2e_support.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <iostream>
#include <signal.h>
#include <string>
#include <thread>
#include <vector>

namespace tickcast::test {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kReaders = 600;
constexpr std::size_t kTickers = 8;
constexpr int kProbes = 200;
constexpr double kFloorMs = 500;
constexpr double kTimesIdle = 5;
constexpr int kServerCore = 0;
constexpr int kTestCore = 1;

double milliseconds(Swarm::Clock::duration time) {
    return std::chrono::duration<double, std::milli>(time).count();
}

/// The 95th percentile of the time for create, upgrade and snapshot, one client after the other.
double probe_p95(ServerProcess const& server, TickerSetPtr const& tickers) {
    Swarm swarm(server.public_endpoint());
    std::vector<double> times;
    for (int i = 0; i < kProbes; ++i) {
        auto& client = swarm.add({.tickers = tickers});
        EXPECT_TRUE(swarm.run_until([&] { return client.streaming(); }, 30s)) << "probe " << i;
        if (!client.streaming()) return 30'000;
        times.push_back(milliseconds(client.snapshot_at() - client.began()));
        swarm.remove(client);
    }
    expect_no_violations(swarm);
    std::sort(times.begin(), times.end());
    return times[static_cast<std::size_t>(kProbes * 95 / 100)];
}

/// Reading clients on a thread of their own, so that the probes wait for the server alone.
class Crowd {
public:
    Crowd(Endpoint const& server, TickerSetPtr const& tickers) : swarm_(server) {
        for (std::size_t i = 0; i < kReaders; ++i) {
            // Frames are checked throughout; the ticks of every tenth client too.
            swarm_.add({.tickers = tickers, .scan_ticks = i % 10 == 0});
        }
        thread_ = std::thread([this] {
            all_streaming_ = swarm_.run_until_streaming(60s);
            swarm_.run_until([this] { return stop_ || gone(); }, 300s);
        });
    }
    ~Crowd() { join(); }
    Crowd(Crowd const&) = delete;
    Crowd& operator=(Crowd const&) = delete;

    bool wait_until_streaming() const {
        auto const deadline = Swarm::Clock::now() + 60s;
        while (!all_streaming_ && Swarm::Clock::now() < deadline)
            std::this_thread::sleep_for(10ms);
        return all_streaming_;
    }
    void join() {
        stop_ = true;
        if (thread_.joinable()) thread_.join();
    }
    /// Waits for the server to end every stream.
    void join_when_gone() {
        if (thread_.joinable()) thread_.join();
    }
    Swarm const& swarm() const { return swarm_; }

private:
    bool gone() const {
        return swarm_.all([](SwarmClient const& client) { return client.ended(); });
    }

    Swarm swarm_;
    std::atomic<bool> all_streaming_{false};
    std::atomic<bool> stop_{false};
    std::thread thread_;
};

struct Books {
    explicit Books(ServerProcess const& server) {
        auto const metrics = server.metrics();
        delivered = metrics.total("tickcast_ticks_delivered_total");
        conflated = metrics.total("tickcast_ticks_conflated_total");
    }
    double delivered{0};
    double conflated{0};
};

void expect_all_got_1001(Swarm const& swarm) {
    std::size_t others = 0;
    for (auto const& client : swarm.clients()) {
        if (client->ending() != Ending::close_frame || !client->closed_by_server() ||
            client->close_code() != 1001) {
            ++others;
        }
    }
    EXPECT_EQ(others, 0U) << "clients that were not closed with 1001";
}

TEST(Saturated, NewcomersGetInAndSigtermEndsIt) {
    pin_to_core(kTestCore);
    ServerProcess server({"--threads", "1", "--ping-seconds", "1", "--peer-timeout-seconds", "4",
                          "--feed", "sim?tickers=8&rate=100000&burst=8"},
                         kServerCore);
    auto const tickers = first_tickers(server, kTickers);
    auto const idle_ms = probe_p95(server, tickers);

    Crowd crowd(server.public_endpoint(), tickers);
    ASSERT_TRUE(crowd.wait_until_streaming()) << "the readers did not all get in";
    auto const streaming_since = Swarm::Clock::now();
    Books const before(server);
    auto const saturated_ms = probe_p95(server, tickers);
    Books const after(server);
    auto const delivered = after.delivered - before.delivered;
    auto const conflated = after.conflated - before.conflated;
    auto const conflation = conflated / std::max(1.0, delivered + conflated);
    std::cout << "p95 of create, upgrade, snapshot: idle " << idle_ms << " ms, saturated "
              << saturated_ms << " ms at " << 100 * conflation << " % conflation, " << delivered
              << " ticks delivered meanwhile\n";
    EXPECT_GT(conflation, 0.5) << "the fan-out was not saturated";
    EXPECT_GT(delivered, 0);
    EXPECT_LT(saturated_ms, std::max(kFloorMs, kTimesIdle * idle_ms));

    // Longer than the peer timeout: clients that answer pings must have got some, however busy the
    // shard is, or they would be reset before they can get 1001.
    std::this_thread::sleep_until(streaming_since + 6s);

    auto const began = Swarm::Clock::now();
    server.signal(SIGTERM);
    auto const status = server.wait(10s);
    std::cout << "ended " << milliseconds(Swarm::Clock::now() - began) << " ms after SIGTERM\n";
    ASSERT_TRUE(status.has_value()) << "still there 10 s after SIGTERM";
    EXPECT_EQ(*status, 0) << server.standard_error();
    crowd.join_when_gone();
    expect_all_got_1001(crowd.swarm());
    expect_no_violations(crowd.swarm());
}

}  // namespace
}  // namespace tickcast::test
