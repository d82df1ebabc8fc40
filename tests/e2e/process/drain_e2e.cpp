// The drain with 2,000 clients that answer, and some that are stalled. A client that answers sees
// 1001 and is not cut; closes and reconnect hints are spread evenly; a stalled client is reset; the
// server exits with 0.
#include "client/tick_scan.hpp"
#include "e2e/support/e2e_support.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <iostream>
#include <string>
#include <unordered_map>
#include <vector>

namespace tickcast::test {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kClients = 2000;
constexpr std::size_t kStalled = 40;
constexpr std::size_t kTickers = 8;
constexpr double kDrainSeconds = 5;
constexpr double kCloseDeadlineSeconds = 5;  // the contract's, for a close that is not answered
constexpr double kLeastHintMs = 250;

double seconds(Swarm::Clock::duration time) {
    return std::chrono::duration<double>(time).count();
}

/// How many of the values lie in each tenth of [0, span]; values outside count in the first or last
/// tenth.
std::array<std::size_t, 10> tenths(std::vector<double> const& values, double span) {
    std::array<std::size_t, 10> counts{};
    for (auto const value : values)
        ++counts[static_cast<std::size_t>(std::clamp(value / span * 10, 0.0, 9.0))];
    return counts;
}

void expect_even(char const* what, std::vector<double> const& values, double span) {
    auto const counts = tenths(values, span);
    std::cout << what << " by tenths:";
    for (auto const count : counts)
        std::cout << ' ' << count;
    std::cout << std::endl;
    for (auto const count : counts) {
        EXPECT_GE(count, values.size() * 5 / 100) << what;
        EXPECT_LE(count, values.size() * 15 / 100) << what;
    }
}

/// The reconnect hints of all goodbyes.
class Goodbyes {
public:
    void read(std::string_view text) {
        if (frame_type(text) != "goodbye") return;
        constexpr std::string_view key = "\"reconnect_in_ms\":";
        auto const at = text.find(key);
        ASSERT_NE(at, std::string_view::npos) << text;
        EXPECT_NE(text.find(R"("code":"draining")"), std::string_view::npos) << text;
        hints_ms.push_back(std::stod(std::string{text.substr(at + key.size())}));
    }
    std::vector<double> hints_ms;
};

class Drain : public testing::Test {
protected:
    Drain()
        : server_({"--feed", "sim?tickers=16&rate=2000", "--threads", "2", "--drain-seconds",
                   std::to_string(kDrainSeconds)}),
          swarm_(server_.public_endpoint()),
          tickers_(first_tickers(server_, kTickers)) {}

    void connect() {
        for (std::size_t i = 0; i < kClients + kStalled; ++i) {
            auto const is_stalled = i % (kClients / kStalled + 1) == 0;
            auto& client = swarm_.add({
                .tickers = tickers_,
                .throttle_ms = is_stalled ? 0 : 500,
                .receive_buffer_bytes = is_stalled ? 4096 : 0,
                .on_text = [this](SwarmClient&, std::string_view text) { goodbyes_.read(text); },
            });
            (is_stalled ? stalled_ : answering_).push_back(&client);
            // Not faster than the server can accept them.
            if (i % 100 == 99) {
                ASSERT_TRUE(swarm_.run_until_streaming(60s));
            }
        }
        ASSERT_TRUE(swarm_.run_until_streaming(60s));
    }

    /// Waits until the server has noticed that these clients are stalled.
    void stall() {
        for (auto* client : stalled_)
            client->stall();
        ASSERT_TRUE(swarm_.run_until(
            [this] {
                return server_.metrics().at("tickcast_slow_clients") >=
                       static_cast<double>(stalled_.size());
            },
            60s));
    }

    ServerProcess server_;
    Swarm swarm_;
    TickerSetPtr tickers_;
    Goodbyes goodbyes_;
    std::vector<SwarmClient*> answering_;
    std::vector<SwarmClient*> stalled_;
};

// contract: SIG-5..8 SIG-10
TEST_F(Drain, OfTwoThousandAnsweringClients_IsEvenAndCutsNone) {
    ASSERT_NO_FATAL_FAILURE(connect());
    ASSERT_NO_FATAL_FAILURE(stall());
    server_.signal(SIGTERM);
    auto const began = Swarm::Clock::now();
    EXPECT_TRUE(swarm_.run_until(
        [this] { return swarm_.all([](SwarmClient const& client) { return client.ended(); }); },
        60s));

    std::vector<double> closes;
    for (auto const* client : answering_) {
        ASSERT_EQ(client->ending(), Ending::close_frame);
        ASSERT_EQ(client->close_code(), 1001);
        ASSERT_TRUE(client->closed_by_server());
        closes.push_back(seconds(client->close_at() - began));
    }
    ASSERT_EQ(closes.size(), kClients);
    expect_even("closes", closes, kDrainSeconds);
    EXPECT_EQ(goodbyes_.hints_ms.size(), kClients);
    EXPECT_GE(std::ranges::min(goodbyes_.hints_ms), kLeastHintMs);
    for (auto& hint : goodbyes_.hints_ms)
        hint -= kLeastHintMs;
    expect_even("hints", goodbyes_.hints_ms, kDrainSeconds * 1000);

    for (auto const* client : stalled_) {
        EXPECT_EQ(client->ending(), Ending::reset);
        auto const after = seconds(client->ended_at() - began);
        EXPECT_GE(after, kCloseDeadlineSeconds - 0.5);
        EXPECT_LE(after, kDrainSeconds + kCloseDeadlineSeconds + 2);
    }
    EXPECT_EQ(server_.wait(10s), 0) << server_.standard_error();
    expect_no_violations(swarm_);
}

}  // namespace
}  // namespace tickcast::test
