// Replays a whole file through the built server to clients that were there from the start. Their
// last quotes must equal those that a script, which shares no code with the server, computes from
// the file.
#include "client/tick_scan.hpp"
#include "e2e/support/e2e_support.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

namespace tickcast::test {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kClients = 40;
constexpr std::uint64_t kLeastTicks = 1'000;

std::filesystem::path real_data(std::string const& folder) {
    auto name = std::filesystem::path(folder) / "binance_20240808_6tickers.csv.gz";
    if (name.is_absolute() || std::filesystem::exists(name)) return name;
    return std::filesystem::path(TICKCAST_SOURCE_DIR) / name;
}

std::filesystem::path market_data() {
    if (char const* const folder = std::getenv("TEST_REAL_DATA")) {
        auto file = real_data(folder);
        std::cout << "market data: the real capture, " << file << "\n";
        return file;
    }
    auto file = std::filesystem::path(::testing::TempDir()) /
                ("tickcast_market_data_" + std::to_string(::getpid()) + ".csv.gz");
    output_of("/usr/bin/python3 " TICKCAST_SOURCE_DIR "/tests/support/make_market_data.py " +
              file.string());
    std::cout << "market data: made up (TEST_REAL_DATA is not set), " << file << "\n";
    return file;
}

class Replay : public ::testing::Test {
protected:
    static void SetUpTestSuite() {
        file_ = market_data();
        expected_ = nlohmann::json::parse(output_of("/usr/bin/python3 " TICKCAST_SOURCE_DIR
                                                    "/tests/e2e/support/expected_from_csv.py " +
                                                    file_.string()));
        std::cout << "rows: " << expected_["rows"] << "\n";
    }
    static void TearDownTestSuite() {
        if (std::getenv("TEST_REAL_DATA") == nullptr) std::filesystem::remove(file_);
    }

    static std::uint64_t rows_of(std::string const& ticker) {
        return expected_["tickers"][ticker]["rows"].get<std::uint64_t>();
    }

    /// All of the tickers for every fourth client, a subset of its own for the others.
    static TickerSetPtr choice(std::size_t client) {
        std::vector<std::string> chosen;
        std::size_t bit = 0;
        for (auto const& [name, ticker] : expected_["tickers"].items()) {
            if (client % 4 == 0 || ((client * 7 % 63 + 1) >> bit++ & 1U) != 0)
                chosen.push_back(name);
        }
        return std::make_shared<TickerSet const>(std::move(chosen));
    }

    static bool has_everything(SwarmClient const& client) {
        auto const& names = client.tickers().names();
        for (std::size_t i = 0; i < names.size(); ++i) {
            if (client.state(i).n < rows_of(names[i])) return false;
        }
        return client.snapshots() > 0;
    }

    static void expect_last_quotes(SwarmClient const& client) {
        auto const& names = client.tickers().names();
        for (std::size_t i = 0; i < names.size(); ++i) {
            EXPECT_EQ(client.state(i).n, rows_of(names[i])) << names[i];
            auto quote = members_of(client.state(i).text);
            quote.erase("t");
            quote.erase("n");
            auto const expected = expected_["tickers"][names[i]]["quote"];
            EXPECT_EQ(nlohmann::json(quote), expected) << client.state(i).text;
        }
    }

    struct Figures {
        double seconds{0};
        std::uint64_t delivered{0};
        std::uint64_t conflated{0};
    };

    static std::uint64_t rows_after_snapshots(Swarm const& swarm) {
        std::uint64_t rows = 0;
        for (auto const& client : swarm.clients()) {
            for (std::size_t i = 0; i < client->tickers().names().size(); ++i) {
                rows += client->state(i).n - client->state(i).snapshot_n;
            }
        }
        return rows;
    }

    static void expect_books_balance(ServerProcess const& server, Swarm& swarm) {
        auto const rows = rows_after_snapshots(swarm);
        double sum = 0;
        auto const balanced = [&] {
            auto const metrics = server.metrics();
            sum = metrics.total("tickcast_ticks_delivered_total") +
                  metrics.total("tickcast_ticks_conflated_total") +
                  metrics.total("tickcast_ticks_abandoned_total");
            return static_cast<std::uint64_t>(sum) == rows;
        };
        EXPECT_TRUE(swarm.run_until(balanced, 5s)) << sum << " in the metrics, " << rows << " rows";
        auto const metrics = server.metrics();
        EXPECT_EQ(metrics.total("tickcast_ticks_delivered_total"), swarm.ticks());
        EXPECT_EQ(metrics.total("tickcast_ticks_conflated_total"), swarm.jumped());
        EXPECT_EQ(metrics.at("tickcast_ticks_ingested_total{feed=\"replay\"}"),
                  expected_["rows"].get<double>());
    }

    static Figures replay(std::string const& speed) {
        ServerProcess server({"--threads", "2", "--feed",
                              "replay:" + file_.string() + "?speed=" + speed +
                                  "&loop=false&start=" + std::to_string(kClients)});
        Swarm swarm(server.public_endpoint());
        for (std::size_t i = 0; i + 1 < kClients; ++i) {
            swarm.add({.tickers = choice(i), .keep_texts = true});
        }
        EXPECT_TRUE(swarm.run_until_streaming(20s));
        swarm.run_for(100ms);
        EXPECT_EQ(server.metrics().total("tickcast_ticks_ingested_total"), 0)
            << "the replay did not wait for its last client";
        EXPECT_NE(server.admin_get("/readyz").body.find("\"live\""), std::string::npos);
        swarm.add({.tickers = choice(kClients - 1), .keep_texts = true});

        auto const began = SwarmClient::Clock::now();
        bool const complete = swarm.run_until([&] { return swarm.all(has_everything); }, 120s);
        std::chrono::duration<double> const took = SwarmClient::Clock::now() - began;
        EXPECT_TRUE(complete) << "not every client has the last tick of each of its tickers";
        for (auto const& client : swarm.clients())
            expect_last_quotes(*client);
        expect_books_balance(server, swarm);
        EXPECT_TRUE(swarm.run_until(
            [&] { return server.admin_get("/readyz").body.find("\"stale\"") != std::string::npos; },
            5s))
            << "a feed that has ended is stale";
        expect_no_violations(swarm);
        std::cout << "speed " << speed << ": " << took.count() << " s, " << swarm.ticks()
                  << " delivered, " << swarm.jumped() << " conflated, " << swarm.frames()
                  << " frames\n";
        Figures const figures{took.count(), swarm.ticks(), swarm.jumped()};
        expect_clean_end(server, swarm);
        return figures;
    }

    static inline std::filesystem::path file_;
    static inline nlohmann::json expected_;
};

// contract: RPL-5
TEST_F(Replay, AtFullSpeed_ClientsEndWithTheFilesLastQuotes) {
    auto const figures = replay("0");
    EXPECT_GE(figures.delivered, kLeastTicks);
    EXPECT_GE(figures.conflated, kLeastTicks);
}

TEST_F(Replay, AtTwentyTimesThePace_ClientsEndWithTheFilesLastQuotes) {
    auto const figures = replay("20");
    EXPECT_GE(figures.delivered, kLeastTicks);
    double const span =
        (expected_["last_ns"].get<double>() - expected_["first_ns"].get<double>()) / 1e9 / 20;
    EXPECT_GE(figures.seconds, 0.98 * span) << "faster than asked";
    EXPECT_LE(figures.seconds, 1.1 * span + 2) << "slower than asked";
}

}  // namespace
}  // namespace tickcast::test
