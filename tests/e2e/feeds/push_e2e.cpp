// Ticks are pushed one at a time, each after the last one was seen: all arrive, in order, exact to
// the last decimal. The reference is a map of texts per ticker.
#include "client/tick_scan.hpp"
#include "e2e/support/e2e_support.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iostream>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace tickcast::test {
namespace {

using namespace std::chrono_literals;

constexpr int kTicks = 2'000;
constexpr std::uint64_t kMaxUnits = 9'223'372'036'854'775'807U;  ///< of 10^-8
constexpr unsigned kDecimals = 8;

std::string digits_of(std::uint64_t units) {
    auto digits = std::to_string(units);
    if (digits.size() <= kDecimals) digits.insert(0, kDecimals + 1 - digits.size(), '0');
    return digits;
}

/// The number in the contract's form: exact, without trailing zeros.
std::string shortest(std::uint64_t units, bool negative) {
    if (units == 0) return "0";
    auto const digits = digits_of(units);
    std::string text = negative ? "-" : "";
    text.append(digits, 0, digits.size() - kDecimals).append(".");
    text.append(digits, digits.size() - kDecimals);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
    return text;
}

class Numbers {
public:
    struct Number {
        std::string sent;
        std::string expected;
    };

    Number next(bool may_be_negative) {
        auto const units = magnitude();
        bool const negative = may_be_negative && below(3) == 0;
        std::string const sign = negative ? "-" : "";
        return {sign + spelling(units), shortest(units, negative)};
    }

    unsigned below(unsigned limit) { return std::uniform_int_distribution(0U, limit - 1)(engine_); }

private:
    std::uint64_t magnitude() {
        switch (below(8)) {
            case 0:
                return below(1'000);  // 8 decimals
            case 1:
                return kMaxUnits - below(3);  // the edge
            case 2:
                return below(100'000) * 100'000'000ULL;  // whole
            case 3:
                return below(2) == 0 ? 0 : 100'000'000ULL * 10'000'000'000ULL;
            default:
                return std::uniform_int_distribution<std::uint64_t>(0, 10'000'000'000'000)(engine_);
        }
    }

    /// One of the ways to write the number in JSON.
    std::string spelling(std::uint64_t units) {
        auto const digits = digits_of(units);
        auto const whole = digits.substr(0, digits.size() - kDecimals);
        auto const fraction = digits.substr(digits.size() - kDecimals);
        switch (below(5)) {
            case 0:
                return std::to_string(units) + "e-8";
            case 1:
                return whole + "." + fraction + "000E+0";
            case 2:
                return whole + "." + fraction;
            case 3:
                return "0." + digits + "e" + std::to_string(whole.size());
            default:
                return shortest(units, false);
        }
    }

    std::mt19937_64 engine_{20240808};
};

using Quote = std::map<std::string, std::string>;

class Push : public ::testing::Test {
protected:
    /// One random tick with at least one value; it is added to the reference.
    std::string make_tick(std::string const& ticker) {
        Quote& quote = reference_[ticker];
        bool const lower = numbers_.below(4) == 0;
        std::string name = ticker;
        if (lower) {
            std::transform(name.begin(), name.end(), name.begin(), [](char c) {
                return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
            });
        }
        std::string members;
        auto const put = [&](std::string const& member, std::string const& value) {
            if (!members.empty()) members.append(",");
            members.append("\"").append(member).append("\":").append(value);
        };
        bool const name_first = numbers_.below(2) == 0;
        name.insert(name.begin(), '"');
        name.push_back('"');
        if (name_first) put("s", name);
        quote["s"] = "\"" + ticker + "\"";
        static constexpr std::array<char const*, 6> kNames{"p", "b", "a", "z", "bz", "az"};
        unsigned const certain = numbers_.below(kNames.size());
        for (unsigned i = 0; i < kNames.size(); ++i) {
            if (i != certain && numbers_.below(3) > 0) continue;
            auto const number = numbers_.next(i < 3);
            put(kNames[i], number.sent);
            quote[kNames[i]] = number.expected;
        }
        if (numbers_.below(2) == 0) {
            quote["x"] = std::to_string(1'764'000'000'000'000U + numbers_.below(1'000'000));
            put("x", quote["x"]);
        }
        if (!name_first) put("s", name);
        quote["n"] = std::to_string(++counts_[ticker]);
        return "{" + members + "}";
    }

    static Quote without_time(std::string_view text) {
        auto members = members_of(text);
        members.erase("t");
        return members;
    }

    Numbers numbers_;
    std::map<std::string, Quote> reference_;
    std::map<std::string, std::uint64_t> counts_;
};

// contract: TIC-4 DEL-3
TEST_F(Push, OneAtATime_AllArriveInOrderToTheLastDecimal) {
    ServerProcess server({"--threads", "2", "--feed", "push"});
    Swarm swarm(server.public_endpoint());
    auto const tickers = std::make_shared<TickerSet const>(
        std::vector<std::string>{"AAPL", "BRK.B", "EUR/USD", "CL=F", "^GSPC", "X:BTC-USD"});
    for (int i = 0; i < 4; ++i)
        swarm.add({.tickers = tickers, .keep_texts = true});
    ASSERT_TRUE(swarm.run_until_streaming(10s));
    HttpConnection admin(server.admin_endpoint());
    auto const began = SwarmClient::Clock::now();
    for (int i = 0; i < kTicks; ++i) {
        auto const which = numbers_.below(static_cast<unsigned>(tickers->names().size()));
        auto const& ticker = tickers->names()[which];
        auto const tick = make_tick(ticker);
        bool const array = i % 2 == 0;
        auto const reply =
            admin.request("POST", "/v1/ticks", array ? "application/json" : "application/x-ndjson",
                          array ? "[" + tick + "]" : tick + "\n");
        ASSERT_EQ(reply.status, 202) << tick << " " << reply.body;
        ASSERT_EQ(reply.body, "{\"accepted\":1}");
        auto const seen = [&] {
            return swarm.all([&](SwarmClient const& client) {
                return client.state(which).n >= counts_[ticker];
            });
        };
        ASSERT_TRUE(swarm.run_until(seen, 5s)) << "tick " << i << " was not seen: " << tick;
        for (auto const& client : swarm.clients()) {
            ASSERT_EQ(without_time(client->state(which).text), reference_[ticker])
                << "sent " << tick << "\ngot " << client->state(which).text;
        }
    }
    std::chrono::duration<double> const took = SwarmClient::Clock::now() - began;
    std::cout << kTicks << " ticks to " << swarm.clients().size() << " clients in " << took.count()
              << " s\n";
    for (auto const& client : swarm.clients()) {
        EXPECT_EQ(client->ticks(), static_cast<std::uint64_t>(kTicks));
        EXPECT_EQ(client->jumped(), 0U);
    }
    expect_no_violations(swarm);
    auto const metrics = server.metrics();
    EXPECT_EQ(metrics.at("tickcast_ticks_ingested_total{feed=\"push\"}"), kTicks);
    EXPECT_EQ(metrics.total("tickcast_ticks_delivered_total"), 4 * kTicks);
    EXPECT_EQ(metrics.total("tickcast_ticks_conflated_total"), 0);
    expect_clean_end(server, swarm);
}

}  // namespace
}  // namespace tickcast::test
