#include "tickcast/api/admin_api.hpp"

#include "tickcast/feed/registry/feed_registry.hpp"
#include "tickcast/feed/tick_sink.hpp"
#include "tickcast/model/ticker_table.hpp"
#include "unit/api/api_call.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace tickcast::test {
namespace {

using Json = nlohmann::json;

class CountingSink final : public TickSink {
public:
    void ingest(FeedKind, std::span<TickUpdate const> ticks) noexcept override {
        ticks_ += ticks.size();
    }
    void rejected(FeedKind, RejectReason) noexcept override {}
    std::size_t ticks_{0};
};

class AdminApiTest : public ::testing::Test, protected ProcessView {
protected:
    AdminApiTest() { use(true); }

    void use(bool loopback) {
        api_.emplace(AdminApi::Dependencies{.settings = settings_,
                                            .clock = clock_,
                                            .metrics = *metrics_,
                                            .push = feed_,
                                            .process = *this,
                                            .loopback = loopback,
                                            .push_token = token_});
    }
    bool alive() override { return alive_; }
    Readiness readiness() override { return readiness_; }
    std::string metrics_text() override { return "m 1\n"; }
    static HttpRequest push_request(std::string body) {
        HttpRequest made{http::verb::post, "/v1/ticks", 11};
        made.set(http::field::host, "localhost:8081");
        made.set(http::field::content_type, "application/x-ndjson");
        made.body() = std::move(body);
        return made;
    }
    Answered call(HttpRequest const& made) { return call_api(*api_, made); }
    bool is_refused_early(HttpHeader const& header) const {
        return !api_->admit(header, api_->route(header));
    }
    Answered get(std::string const& target) {
        return call(HttpRequest{http::verb::get, target, 11});
    }
    static std::string code_of(Answer const& answer) {
        return Json::parse(answer.response.body()).at("code");
    }

    Settings settings_;
    TickerTable table_{10};
    CountingSink sink_;
    asio::io_context io_;
    SystemClock const clock_;
    PushFeed feed_{feed_kind("push"), {table_, sink_, io_, clock_}};
    std::unique_ptr<ShardMetrics> metrics_ = std::make_unique<ShardMetrics>();
    std::string token_;
    bool alive_{true};
    Readiness readiness_{.ready = true, .reason = "serving", .feed = "live"};
    std::optional<AdminApi> api_;
};

// contract: MET-1
TEST_F(AdminApiTest, Metrics_AreTextFormat004) {
    auto const answer = get("/metrics");
    EXPECT_EQ(answer.response.result_int(), 200U);
    EXPECT_TRUE(
        answer.response[http::field::content_type].starts_with("text/plain; version=0.0.4"));
    EXPECT_EQ(answer.response.body(), "m 1\n");
    EXPECT_EQ(answer.route, "/metrics");
}

// contract: HLT-1
TEST_F(AdminApiTest, Livez_WhenAShardIsStuck_Gives503) {
    for (auto const* path : {"/livez", "/healthz"}) {
        alive_ = true;
        EXPECT_EQ(get(path).response.result_int(), 200U);
        alive_ = false;
        EXPECT_EQ(get(path).response.result_int(), 503U);
    }
}

// contract: HLT-3 HLT-4
TEST_F(AdminApiTest, Readyz_WhenNotReady_Gives503WithTheReason) {
    auto const ready = get("/readyz");
    EXPECT_EQ(ready.response.result_int(), 200U);
    EXPECT_EQ(ready.response.body(), R"({"ready":true,"reason":"serving","feed":"live"})");
    readiness_ = {.ready = false, .reason = "draining", .feed = "stale"};
    auto const draining = get("/readyz");
    EXPECT_EQ(draining.response.result_int(), 503U);
    EXPECT_EQ(draining.response.body(), R"({"ready":false,"reason":"draining","feed":"stale"})");
}

TEST_F(AdminApiTest, Paths_WhenUnknownOrOfThePublicListener_Give404) {
    for (auto const* path : {"/", "/v1/sessions", "/v1/tick", "/metrics/"}) {
        EXPECT_EQ(code_of(get(path)), "no_such_route") << path;
    }
}

TEST_F(AdminApiTest, Methods_WhenWrong_Give405WithAllow) {
    auto const pushed = get("/v1/ticks");
    EXPECT_EQ(pushed.response.result_int(), 405U);
    EXPECT_EQ(pushed.response[http::field::allow], "POST");
    auto const posted = call(HttpRequest{http::verb::post, "/metrics", 11});
    EXPECT_EQ(posted.response[http::field::allow], "GET, HEAD");
    auto const preflight = call(HttpRequest{http::verb::options, "/v1/ticks", 11});
    EXPECT_EQ(preflight.response.result_int(), 405U);
    EXPECT_EQ(preflight.response.count(http::field::access_control_allow_origin), 0U);
}

// contract: PSH-1 PSH-3 PSH-5
TEST_F(AdminApiTest, Push_OfLines_Gives202WithTheNumber) {
    auto const answer = call(push_request("{\"s\":\"A\",\"p\":1}\n{\"s\":\"B\",\"p\":2}\n"));
    EXPECT_EQ(answer.response.result_int(), 202U);
    EXPECT_EQ(answer.response.body(), R"({"accepted":2})");
    EXPECT_EQ(answer.route, "/v1/ticks");
    EXPECT_EQ(sink_.ticks_, 2U);
}

// contract: PSH-3
TEST_F(AdminApiTest, Push_OfAnArray_Gives202) {
    auto made = push_request(R"([{"s":"A","p":1}])");
    made.set(http::field::content_type, "application/json; charset=utf-8");
    EXPECT_EQ(call(made).response.body(), R"({"accepted":1})");
    made.body() = "[]";
    EXPECT_EQ(call(made).response.body(), R"({"accepted":0})");
}

TEST_F(AdminApiTest, Push_WithABadLine_NamesItAndAppliesNothing) {
    auto const answer = call(push_request("{\"s\":\"A\",\"p\":1}\n{\"s\":\"A\",\"p\":\"x\"}\n"));
    EXPECT_EQ(answer.response.result_int(), 400U);
    EXPECT_EQ(Json::parse(answer.response.body()).at("line"), 2);
    EXPECT_EQ(sink_.ticks_, 0U);
}

// contract: PSH-9
TEST_F(AdminApiTest, Push_WithoutContentType_Gives415) {
    auto made = push_request("");
    made.erase(http::field::content_type);
    EXPECT_EQ(call(made).response.result_int(), 415U);
    made.set(http::field::content_type, "text/plain");
    EXPECT_EQ(code_of(call(made)), "unsupported_media_type");
}

// contract: PSH-10
TEST_F(AdminApiTest, Push_WithOrigin_Gives403EvenFromLoopback) {
    for (auto const* origin : {"http://localhost:8081", "null", ""}) {
        auto made = push_request("{\"s\":\"A\",\"p\":1}");
        made.set(http::field::origin, origin);
        EXPECT_EQ(call(made).response.result_int(), 403U);
        EXPECT_EQ(code_of(call(made)), "origin_not_allowed");
        EXPECT_TRUE(is_refused_early(made));
    }
    EXPECT_EQ(sink_.ticks_, 0U);
}

// contract: PSH-11
TEST_F(AdminApiTest, Push_WithForeignHost_Gives403) {
    for (auto const* host : {"evil.example", "127.0.0.1.evil.example", "", "10.0.0.1:8081"}) {
        auto made = push_request("{\"s\":\"A\",\"p\":1}");
        made.set(http::field::host, host);
        EXPECT_EQ(code_of(call(made)), "host_not_allowed") << host;
    }
    for (auto const* host : {"LOCALHOST", "127.9.9.9:1", "[::1]:9999", "::1"}) {
        auto made = push_request("");
        made.set(http::field::host, host);
        bool const good = std::string_view{host} != "::1";
        EXPECT_EQ(call(made).response.result_int(), good ? 202U : 403U) << host;
    }
}

// contract: PSH-11
TEST_F(AdminApiTest, Push_WithTheListenersOwnName_IsAccepted) {
    settings_.admin_listen = "Feeder.internal:8081";
    use(true);
    auto made = push_request("");
    made.set(http::field::host, "feeder.internal:1234");
    EXPECT_EQ(call(made).response.result_int(), 202U);
}

// contract: PSH-12
TEST_F(AdminApiTest, Push_OnANonLoopbackListener_Gives404) {
    use(false);
    auto const answer = call(push_request("{\"s\":\"A\",\"p\":1}"));
    EXPECT_EQ(answer.response.result_int(), 404U);
    EXPECT_EQ(code_of(answer), "no_such_route");
}

// contract: PSH-13 PSH-14
TEST_F(AdminApiTest, Push_WithAToken_NeedsItOnAnyListenerAndForAnyHost) {
    token_ = "sesame";
    for (bool const loopback : {true, false}) {
        use(loopback);
        auto made = push_request("");
        made.set(http::field::host, "feeder.example");
        auto const without = call(made);
        EXPECT_EQ(without.response.result_int(), 401U);
        EXPECT_EQ(code_of(without), "unauthorized");
        EXPECT_EQ(without.response[http::field::www_authenticate], "Bearer");
        for (auto const* wrong : {"Bearer sesam", "Bearer sesame1", "Bearer sesamE", "sesame",
                                  "Basic sesame", "Bearer", "Bearer ", ""}) {
            made.set(http::field::authorization, wrong);
            EXPECT_EQ(call(made).response.result_int(), 401U) << wrong;
        }
        made.set(http::field::authorization, "bearer sesame");
        EXPECT_EQ(call(made).response.result_int(), 202U);
        made.insert(http::field::authorization, "bearer sesame");
        EXPECT_EQ(call(made).response.result_int(), 401U) << "twice";
        made.set(http::field::authorization, "Bearer sesame");
        made.set(http::field::origin, "http://feeder.example");
        EXPECT_EQ(code_of(call(made)), "origin_not_allowed");
    }
}

// contract: PSH-8
TEST_F(AdminApiTest, BodyLimit_IsPushBodyMaxForTicksOnly) {
    EXPECT_EQ(api_->route(push_request("")).body_limit, settings_.push_body_max);
    EXPECT_EQ(api_->route(HttpRequest{http::verb::get, "/metrics", 11}).body_limit,
              settings_.max_body_bytes);
}

// contract: MET-23
TEST_F(AdminApiTest, Refusals_OfLargeBodies_CountTheirLimit) {
    auto const made = push_request("");
    auto const answer =
        refuse_for(*api_, Error{.code = ErrorCode::body_too_large, .limit = 5}, &made);
    EXPECT_EQ(answer.response.result_int(), 413U);
    EXPECT_EQ(answer.route, "/v1/ticks");
    EXPECT_EQ(metrics_->limit_hits[static_cast<std::size_t>(Limit::push_body_max)].value(), 1U);
}

}  // namespace
}  // namespace tickcast::test
