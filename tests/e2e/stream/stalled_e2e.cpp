// Clients that stop reading: their memory, the frames that they get when they read again, and their
// effect on the clients beside them.
#include "client/tick_scan.hpp"
#include "e2e/support/e2e_support.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iostream>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace tickcast::test {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kStalled = 1'000;
constexpr std::size_t kTickers = 64;
constexpr std::size_t kReaders = 20;
constexpr double kMaxBytesPerClient = 32 * 1024;
constexpr int kSmallBuffer = 4096;
constexpr char const* kPeerTimeout = "3600";

double ingested(ServerProcess const& server) {
    return server.metrics().total("tickcast_ticks_ingested_total");
}

double delivered(ServerProcess const& server) {
    return server.metrics().total("tickcast_ticks_delivered_total");
}

/// How many ticks were delivered or left out; the others wait for their client.
double done_with(ServerProcess const& server) {
    auto const metrics = server.metrics();
    return metrics.total("tickcast_ticks_delivered_total") +
           metrics.total("tickcast_ticks_conflated_total");
}

/// Adds clients that stop reading after their snapshot.
void add_stalled(Swarm& swarm, TickerSetPtr const& tickers) {
    constexpr std::size_t kBatch = 100;
    for (std::size_t i = 0; i < kStalled; ++i) {
        swarm.add({.tickers = tickers, .receive_buffer_bytes = kSmallBuffer});
        if ((i + 1) % kBatch == 0) {
            ASSERT_TRUE(swarm.run_until_streaming(20s));
        }
    }
    for (auto const& client : swarm.clients())
        client->stall();
}

/// Runs until the server delivers nothing more to stalled clients: the ticks delivered in a while
/// are at most `expected(that while)`, plus one in a hundred.
bool run_until_full(ServerProcess const& server, Swarm& readers, std::chrono::seconds limit) {
    auto const deadline = Swarm::Clock::now() + limit;
    while (Swarm::Clock::now() < deadline) {
        auto const before = delivered(server);
        auto const read_before = readers.ticks();
        readers.run_for(500ms);
        auto const read = static_cast<double>(readers.ticks() - read_before);
        if (delivered(server) - before <= read * 1.01 + 100) return true;
    }
    return false;
}

// contract: DEL-5
TEST(Stalled, ThousandClients_CostLittleAndDoNotGrowWithTheTicks) {
    ServerProcess server({"--threads", "2", "--peer-timeout-seconds", kPeerTimeout, "--feed",
                          "sim?tickers=64&rate=100000&burst=100"});
    Swarm swarm(server.public_endpoint());
    Swarm nobody(server.public_endpoint());
    auto const tickers = first_tickers(server, kTickers);
    ASSERT_TRUE(nobody.run_until([&] { return ingested(server) > 100'000; }, 20s));
    auto const before = static_cast<double>(server.resident_bytes());

    add_stalled(swarm, tickers);
    ASSERT_TRUE(run_until_full(server, nobody, 60s)) << "the clients' sockets never filled";
    auto const first = ingested(server);
    ASSERT_TRUE(nobody.run_until([&] { return ingested(server) >= first + 10'000; }, 30s));
    auto const at_ten_thousand = static_cast<double>(server.resident_bytes());
    auto const delivered_then = delivered(server);
    ASSERT_TRUE(swarm.run_until([&] { return ingested(server) >= first + 1'000'000; }, 120s));
    auto const at_a_million = static_cast<double>(server.resident_bytes());

    ASSERT_TRUE(swarm.all([](SwarmClient const& client) { return client.streaming(); }))
        << "the server cut a client that only stopped reading";
    EXPECT_LE(delivered(server) - delivered_then, 100) << "the clients were not stalled";
    auto const per_client = (at_a_million - before) / kStalled;
    auto const growth = at_a_million - at_ten_thousand;
    std::cout << "RSS: " << before / 1024 << " KiB before, " << per_client / 1024
              << " KiB a client, " << growth / 1024 << " KiB more from 10,000 to 1,000,000 ticks\n";
    if (!kSanitized) {
        EXPECT_LE(per_client, kMaxBytesPerClient);
        EXPECT_LE(growth, std::max(0.01 * at_ten_thousand, 1024.0 * 1024.0));
    }
    expect_no_violations(swarm);
}

std::vector<std::string> numbered_tickers() {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < kTickers; ++i) {
        auto& name = names.emplace_back(std::to_string(i));
        name.push_back('T');
    }
    return names;
}

/// The `ticks` frames of one client, newest last.
struct Tape {
    std::vector<std::map<std::string, std::uint64_t>> frames;
    void take(std::string_view text) {
        if (frame_type(text) != "ticks") return;
        auto& frame = frames.emplace_back();
        for_each_tick(text, kTicksArray,
                      [&](TickView const& tick) { frame[std::string(tick.ticker)] = tick.n; });
    }
};

// contract: DEL-4
TEST(Stalled, OneThatReadsAgain_GetsTheNewestOfEachTickerInOneFrame) {
    ServerProcess server(
        {"--threads", "1", "--peer-timeout-seconds", kPeerTimeout, "--feed", "push"});
    auto const names = numbered_tickers();
    auto const tickers = std::make_shared<TickerSet const>(names);
    Tape tape;
    Swarm swarm(server.public_endpoint());
    auto& stalled =
        swarm.add({.tickers = tickers,
                   .receive_buffer_bytes = kSmallBuffer,
                   .on_text = [&](SwarmClient&, std::string_view text) { tape.take(text); }});
    ASSERT_TRUE(swarm.run_until_streaming(10s));
    stalled.stall();

    // One body per round, with every ticker, until the client is far behind.
    constexpr std::uint64_t kRoundsBehind = 50;
    HttpConnection admin(server.admin_endpoint());
    std::uint64_t rounds = 0;
    double behind = 0;
    while (behind < static_cast<double>(kRoundsBehind * kTickers)) {
        ASSERT_LT(rounds, 20'000U) << "the client's socket never filled";
        std::string body;
        ++rounds;
        for (auto const& name : names) {
            body.append("{\"s\":\"").append(name).append("\",\"p\":");
            body.append(std::to_string(rounds)).append("}\n");
        }
        ASSERT_EQ(admin.request("POST", "/v1/ticks", "application/x-ndjson", body).status, 202);
        if (rounds % 20 == 0) behind = ingested(server) - done_with(server);
    }
    stalled.resume();
    auto const all_new = [&] {
        for (std::size_t i = 0; i < kTickers; ++i) {
            if (stalled.state(i).n < rounds) return false;
        }
        return true;
    };
    ASSERT_TRUE(swarm.run_until(all_new, 10s)) << "the newest ticks never came";
    std::cout << rounds << " rounds, " << tape.frames.size() << " frames, "
              << stalled.jumped() / kTickers << " rounds left out\n";
    ASSERT_GE(tape.frames.size(), 2U);
    auto const& last = tape.frames.back();
    EXPECT_EQ(last.size(), kTickers) << "the newest ticks are spread over several frames";
    for (auto const& [name, n] : last)
        EXPECT_EQ(n, rounds) << name;
    auto const& stale = tape.frames[tape.frames.size() - 2];
    for (auto const& [name, n] : stale)
        EXPECT_LT(n + kRoundsBehind / 2, rounds) << name;
    expect_no_violations(swarm);
    expect_clean_end(server, swarm);
}

struct Sample {
    double conflation{0};  ///< of the reading clients, 0 to 1
    double median_us{0};
};

Sample measure(Swarm& readers, LatencyHistogram& latencies, std::chrono::milliseconds time) {
    latencies.clear();
    auto const ticks = readers.ticks();
    auto const jumped = readers.jumped();
    readers.run_for(time);
    auto const got = static_cast<double>(readers.ticks() - ticks);
    auto const lost = static_cast<double>(readers.jumped() - jumped);
    return {lost / std::max(1.0, got + lost), latencies.quantile(0.5)};
}

double median(std::array<double, 3> values) {
    std::sort(values.begin(), values.end());
    return values[1];
}

void expect_alike(std::array<Sample, 3> const& without, std::array<Sample, 3> const& with) {
    auto const conflation = [](std::array<Sample, 3> const& runs) {
        return median({runs[0].conflation, runs[1].conflation, runs[2].conflation});
    };
    auto const latency = [](std::array<Sample, 3> const& runs) {
        return median({runs[0].median_us, runs[1].median_us, runs[2].median_us});
    };
    std::cout << "readers alone: conflation " << 100 * conflation(without) << " %, median "
              << latency(without) << " us; beside " << kStalled
              << " stalled: " << 100 * conflation(with) << " %, " << latency(with) << " us\n";
    EXPECT_NEAR(conflation(with), conflation(without), 0.02);
    EXPECT_LE(latency(with), 1.5 * latency(without));
}

TEST(Stalled, ReadersBeside_AreNotAffected) {
    constexpr auto kMeasured = 3s;
    ServerProcess server({"--threads", "2", "--peer-timeout-seconds", kPeerTimeout, "--feed",
                          "sim?tickers=64&rate=1000&burst=1"});
    auto const tickers = first_tickers(server, kTickers);
    LatencyHistogram latencies;
    Swarm readers(server.public_endpoint());
    for (std::size_t i = 0; i < kReaders; ++i) {
        readers.add({.tickers = tickers, .latency = &latencies});
    }
    ASSERT_TRUE(readers.run_until_streaming(10s));
    std::array<Sample, 3> without;
    std::array<Sample, 3> with;
    for (std::size_t i = 0; i < without.size(); ++i) {
        readers.run_for(500ms);
        without[i] = measure(readers, latencies, kMeasured);
        Swarm stalled(server.public_endpoint());
        add_stalled(stalled, tickers);
        ASSERT_TRUE(run_until_full(server, readers, 60s)) << "the clients' sockets never filled";
        with[i] = measure(readers, latencies, kMeasured);
        ASSERT_TRUE(stalled.all([](SwarmClient const& client) { return client.streaming(); }));
        expect_no_violations(stalled);
    }
    ASSERT_GT(readers.ticks(), 100'000U);
    expect_alike(without, with);
    expect_no_violations(readers);
    expect_clean_end(server, readers);
}

}  // namespace
}  // namespace tickcast::test
