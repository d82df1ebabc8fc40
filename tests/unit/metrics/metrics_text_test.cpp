#include "tickcast/metrics/collectable.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <map>
#include <optional>
#include <regex>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace tickcast {
namespace {

/// The parsed text format: families by name, samples by name and labels as written.
struct Parsed {
    std::map<std::string, std::string> help;
    std::map<std::string, std::string> type;
    std::map<std::string, double> samples;
    std::vector<std::string> order;

    std::optional<double> at(std::string const& sample) const {
        auto const found = samples.find(sample);
        return found == samples.end() ? std::nullopt : std::optional{found->second};
    }
};

Parsed parse(std::string const& text) {
    Parsed parsed;
    std::istringstream lines{text};
    std::regex const form{R"(([a-zA-Z_:][a-zA-Z0-9_:]*(?:\{[^}]*(?:\{id\}[^}]*)*\})?) (\S+))"};
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words{line};
        std::string hash;
        std::string kind;
        std::string name;
        if (line.starts_with("# ")) {
            words >> hash >> kind >> name >> std::ws;
            std::string rest;
            std::getline(words, rest);
            auto& family = kind == "HELP" ? parsed.help : parsed.type;
            EXPECT_TRUE(family.emplace(name, rest).second) << "twice: " << line;
            continue;
        }
        std::smatch match;
        EXPECT_TRUE(std::regex_match(line, match, form)) << line;
        if (match.empty()) continue;
        EXPECT_TRUE(parsed.samples.emplace(match[1], std::stod(match[2])).second) << line;
        parsed.order.push_back(match[1]);
    }
    return parsed;
}

class MetricsTextTest : public testing::Test {
protected:
    MetricsTextTest() { push_.shown.set(1); }

    Parsed scrape() const {
        MetricsCollectable const collectable{{.shards = {&shards_[0], &shards_[1]},
                                              .http = {&http_[0], &http_[1], &admin_},
                                              .control_lag = control_lag_,
                                              .feeds = feeds_,
                                              .pauses = pauses_,
                                              .sessions = [this] { return figures_; },
                                              .version = "1.2.3",
                                              .send_backend = "send"}};
        return parse(metrics_text(collectable));
    }

    std::array<ShardMetrics, 2> shards_{};
    static constexpr std::string_view kPublicRoutes[]{"unknown", "/v1/sessions/{id}", "/readyz"};
    static constexpr std::string_view kAdminRoutes[]{"unknown", "/readyz", "/metrics"};
    std::array<HttpMetrics, 2> http_{HttpMetrics{kPublicRoutes}, HttpMetrics{kPublicRoutes}};
    HttpMetrics admin_{kAdminRoutes};
    LatencyHistogram control_lag_{};
    FeedMetrics feeds_{{"sim", "replay", "push"}};
    FeedMetrics::OfKind& push_{feeds_.of(FeedKind{2})};
    PauseMetrics pauses_{};
    SessionFigures figures_{};
};

// Which families there are: tests/contract/test_tables.py.
TEST_F(MetricsTextTest, MetricsText_OfEachFamily_HasATypeByItsNameAndAHelpWithItsUnit) {
    auto const parsed = scrape();
    EXPECT_GT(parsed.type.size(), 30U);
    for (auto const& [name, type] : parsed.type) {
        EXPECT_EQ(name.ends_with("_total"), type == "counter") << name;
        EXPECT_TRUE(type != "histogram" || name.ends_with("_seconds")) << name;
        auto const help = parsed.help.find(name);
        ASSERT_NE(help, parsed.help.end()) << name;
        EXPECT_THAT(help->second, testing::MatchesRegex(".*\\(.+\\)\\.")) << "no unit: " << name;
    }
}

// contract: MET-2
TEST_F(MetricsTextTest, MetricsText_FromTheStart_HasEveryLabelValueAtZero) {
    auto const parsed = scrape();
    std::vector<std::string> expected{R"(tickcast_ticks_ingested_total{feed="push"})",
                                      R"(tickcast_feed_up{feed="push"})",
                                      R"(tickcast_feed_subscriptions{feed="push"})"};
    auto const add = [&](std::string const& series, auto const& value) {
        std::ostringstream sample;
        sample << series << "=\"" << value << "\"}";
        expected.push_back(sample.str());
    };
    for (auto const& row : kSessionStateTable)
        add("tickcast_sessions{state", row.name);
    for (auto const& row : kTransportTable)
        add("tickcast_connections{transport", row.name);
    for (auto const& row : kSessionEndTable)
        add("tickcast_sessions_ended_total{reason", row.name);
    for (auto const& row : kRejectReasonTable)
        add(R"(tickcast_ticks_rejected_total{feed="push",reason)", row.name);
    for (auto const& row : kCloseTable)
        add("tickcast_stream_closes_total{code", static_cast<unsigned>(row.value));
    for (auto const& row : kLimitTable)
        add("tickcast_limit_hits_total{limit", row.setting);
    for (auto const* const route : {"unknown", "/v1/sessions/{id}", "/readyz", "/metrics"})
        add("tickcast_http_request_duration_seconds_count{route", route);
    for (auto const& [name, type] : parsed.type) {  // those without labels
        bool const is_histogram = type == "histogram";
        auto const sample = name + (is_histogram ? "_count" : "");
        if (name.starts_with("tickcast_") && parsed.at(sample)) expected.push_back(sample);
    }
    for (auto const& sample : expected)
        EXPECT_EQ(parsed.at(sample), 0.0) << sample;
    EXPECT_EQ(parsed.at(R"(tickcast_build_info{version="1.2.3",send_backend="send"})"), 1.0);
}

// contract: MET-2
TEST_F(MetricsTextTest, MetricsText_WhenNothingHappened_HasNoRequestsFeedsOrLastTick) {
    for (auto const& [sample, value] : scrape().samples) {
        EXPECT_FALSE(sample.starts_with("tickcast_http_requests_total")) << sample;
        EXPECT_FALSE(sample.starts_with("tickcast_feed_last_tick")) << sample;
        EXPECT_EQ(sample.find("\"sim\""), std::string::npos) << sample;
        EXPECT_EQ(sample.find("\"replay\""), std::string::npos) << sample;
    }
}

// contract: MET-6 MET-7 MET-9 MET-10 MET-13 MET-21 MET-23
TEST_F(MetricsTextTest, MetricsText_OfSeveralShards_IsTheirSum) {
    auto const websocket = static_cast<std::size_t>(Transport::websocket);
    auto const sse = static_cast<std::size_t>(Transport::sse);
    shards_[0].connections[websocket].set(2);
    shards_[1].connections[websocket].set(3);
    shards_[1].connections[sse].set(4);
    shards_[0].ticks_delivered.add(10);
    shards_[1].ticks_delivered.add(5'000'000'000);
    shards_[1].stream_closed(CloseCode::too_slow);
    shards_[0].limit_hit(Limit::max_sessions);
    figures_.limit_hits[static_cast<std::size_t>(Limit::max_sessions)] = 4;
    figures_.by_state = {1, 2, 3};
    figures_.created = 20;
    figures_.ended = {5, 4, 3, 2, 0};
    auto const parsed = scrape();
    EXPECT_EQ(parsed.at(R"(tickcast_connections{transport="websocket"})"), 5.0);
    EXPECT_EQ(parsed.at(R"(tickcast_connections{transport="sse"})"), 4.0);
    EXPECT_EQ(parsed.at("tickcast_ticks_delivered_total"), 5'000'000'010.0);
    EXPECT_EQ(parsed.at(R"(tickcast_stream_closes_total{code="4003"})"), 1.0);
    EXPECT_EQ(parsed.at(R"(tickcast_limit_hits_total{limit="max-sessions"})"), 5.0);
    EXPECT_EQ(parsed.at(R"(tickcast_sessions{state="streaming"})"), 2.0);
    EXPECT_EQ(parsed.at("tickcast_sessions_created_total"), 20.0);
    EXPECT_EQ(parsed.at(R"(tickcast_sessions_ended_total{reason="expired_detached"})"), 3.0);
}

// contract: MET-19 MET-20
TEST_F(MetricsTextTest, MetricsText_OfRequests_SumsShardsAndAdminOnceSeen) {
    http_[0].answered(1, Method::get, 200, 1'000'000);
    http_[1].answered(1, Method::get, 200, 2'000'000'000);
    http_[0].answered(2, Method::get, 503, 100);
    admin_.answered(1, Method::get, 503, 100);
    admin_.answered(2, Method::other, 405, 100);
    auto const parsed = scrape();
    EXPECT_EQ(
        parsed.at(
            R"(tickcast_http_requests_total{route="/v1/sessions/{id}",method="GET",code="200"})"),
        2.0);
    EXPECT_EQ(
        parsed.at(R"(tickcast_http_requests_total{route="/metrics",method="other",code="405"})"),
        1.0);
    EXPECT_EQ(parsed.at(R"(tickcast_http_requests_total{route="/readyz",method="GET",code="503"})"),
              2.0)
        << "a route of both listeners";
    std::string const duration{"tickcast_http_request_duration_seconds"};
    EXPECT_EQ(parsed.at(duration + R"(_count{route="/v1/sessions/{id}"})"), 2.0);
    EXPECT_EQ(parsed.at(duration + R"(_sum{route="/v1/sessions/{id}"})"), 2.001);
    EXPECT_EQ(parsed.at(duration + R"(_count{route="unknown"})"), 0.0) << "there from the start";
}

// contract: MET-36
TEST_F(MetricsTextTest, MetricsText_OfHistograms_IsCumulativeWithTheContractsEdges) {
    shards_[0].delivery_latency.observe(100'000);        // at an edge: within it
    shards_[1].delivery_latency.observe(100'001);        // above it
    shards_[1].delivery_latency.observe(3'000'000, 4);   // four ticks of a frame
    shards_[0].delivery_latency.observe(6'000'000'000);  // beyond the last
    auto const parsed = scrape();
    std::vector<std::pair<std::string, double>> const expected{
        {"0.0001", 1}, {"0.00025", 2}, {"0.0005", 2}, {"0.001", 2}, {"0.0025", 2}, {"0.005", 6},
        {"0.01", 6},   {"0.025", 6},   {"0.05", 6},   {"0.1", 6},   {"0.25", 6},   {"0.5", 6},
        {"1", 6},      {"2.5", 6},     {"5", 6},      {"+Inf", 7}};
    std::vector<std::pair<std::string, double>> buckets;
    std::string const prefix{"tickcast_delivery_latency_seconds_bucket{le=\""};
    for (auto const& sample : parsed.order) {
        if (!sample.starts_with(prefix)) continue;
        auto const edge = sample.substr(prefix.size(), sample.size() - prefix.size() - 2);
        buckets.emplace_back(edge, *parsed.at(sample));
    }
    ASSERT_EQ(buckets.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        // Compared as numbers: 0.0001 and 1e-04 are the same edge.
        EXPECT_EQ(std::stod(buckets[i].first), std::stod(expected[i].first));
        EXPECT_EQ(buckets[i].second, expected[i].second) << expected[i].first;
    }
    EXPECT_EQ(parsed.at("tickcast_delivery_latency_seconds_count"), 7.0);
    EXPECT_DOUBLE_EQ(*parsed.at("tickcast_delivery_latency_seconds_sum"), 6.012200001);
}

// contract: MET-2
TEST_F(MetricsTextTest, MetricsText_OfFeeds_HasThoseThatAreShown) {
    auto& sim = feeds_.of(FeedKind{0});
    auto& replay = feeds_.of(FeedKind{1});
    sim.shown.set(1);
    sim.up.set(1);
    sim.subscriptions.set(12);
    sim.ingested.add(99);
    sim.last_tick_us.set(1'764'000'000'123'456);
    push_.rejected[static_cast<std::size_t>(RejectReason::range)].add(2);
    replay.ingested.add();
    auto const parsed = scrape();
    EXPECT_EQ(parsed.at(R"(tickcast_feed_up{feed="sim"})"), 1.0);
    EXPECT_EQ(parsed.at(R"(tickcast_feed_up{feed="push"})"), 0.0);
    EXPECT_EQ(parsed.at(R"(tickcast_feed_subscriptions{feed="sim"})"), 12.0);
    EXPECT_EQ(parsed.at(R"(tickcast_ticks_ingested_total{feed="sim"})"), 99.0);
    EXPECT_EQ(parsed.at(R"(tickcast_ticks_rejected_total{feed="push",reason="range"})"), 2.0);
    EXPECT_EQ(parsed.at(R"(tickcast_feed_last_tick_timestamp_seconds{feed="sim"})"),
              1'764'000'000.123456);
    EXPECT_FALSE(parsed.at(R"(tickcast_feed_up{feed="replay"})"));
    EXPECT_FALSE(parsed.at(R"(tickcast_feed_last_tick_timestamp_seconds{feed="push"})"));
}

TEST_F(MetricsTextTest, MetricsText_WhileAShardCounts_CountEqualsTheInfBucket) {
    std::atomic<bool> stop{false};
    std::thread shard{[&] {
        while (!stop)
            shards_[0].delivery_latency.observe(1'000'000);
    }};
    for (int i = 0; i < 20; ++i) {
        auto const parsed = scrape();
        EXPECT_EQ(parsed.at("tickcast_delivery_latency_seconds_count"),
                  parsed.at("tickcast_delivery_latency_seconds_bucket{le=\"+Inf\"}"));
    }
    stop = true;
    shard.join();
}

}  // namespace
}  // namespace tickcast
