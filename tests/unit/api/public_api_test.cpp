#include "unit/api/public_api_fixture.hpp"

namespace tickcast::test {
namespace {

class PublicApiRest : public PublicApiTest {};

// contract: API-1
TEST_F(PublicApiRest, WhenSessionIsCreated_Gives201WithItsMembers) {
    auto const answer = post(R"({"tickers":["msft","AAPL","MSFT"],"throttle_ms":250})");
    EXPECT_EQ(answer.response.result_int(), 201U);
    EXPECT_EQ(answer.route, "/v1/sessions");
    auto const session = Json::parse(answer.response.body());
    std::string const id = session.at("session_id");
    EXPECT_EQ(id.size(), 22U);
    EXPECT_EQ(answer.response[http::field::location], "/v1/sessions/" + id);
    EXPECT_EQ(session.at("tickers"), Json({"MSFT", "AAPL"}));
    EXPECT_EQ(session.at("throttle_ms"), 250);
    EXPECT_EQ(session.at("state"), "pending");
    EXPECT_EQ(session.at("stream_url"), "/v1/stream/" + id);
    EXPECT_EQ(session.at("expires_at"), ManualClock::kWallStartUs + 30'000'000);
}

// contract: API-2
TEST_F(PublicApiRest, WhenSessionIsAskedFor_GivesTheSame) {
    auto const created = post(R"({"tickers":["AAPL"]})").response.body();
    std::string const id = Json::parse(created).at("session_id");
    auto const answer = call(http::verb::get, "/v1/sessions/" + id);
    EXPECT_EQ(answer.response.result_int(), 200U);
    EXPECT_EQ(answer.route, "/v1/sessions/{id}");
    EXPECT_EQ(Json::parse(answer.response.body()), Json::parse(created));
}

// contract: API-8
TEST_F(PublicApiRest, WhenSessionStreams_HasNoExpiry) {
    auto const id = new_session();
    ASSERT_TRUE(sessions_.claim(*SessionId::parse(id), 0, 7));
    auto const session = Json::parse(call(http::verb::get, "/v1/sessions/" + id).response.body());
    EXPECT_EQ(session.at("state"), "streaming");
    EXPECT_FALSE(session.contains("expires_at"));
}

TEST_F(PublicApiRest, WhenSessionIsUnknownOrExpired_Gives404) {
    auto const id = new_session();
    clock_.advance(std::chrono::seconds{31});
    for (auto const& gone : {id, std::string{"nonsense"}, std::string(22, 'A')}) {
        for (auto const verb : {http::verb::get, http::verb::delete_}) {
            auto const answer = call(verb, "/v1/sessions/" + gone);
            EXPECT_EQ(answer.response.result_int(), 404U);
            EXPECT_EQ(code_of(answer), "no_such_session");
        }
    }
}

// contract: API-4
TEST_F(PublicApiRest, WhenSessionIsDeleted_Gives204AndThen404) {
    auto const id = new_session();
    auto const answer = call(http::verb::delete_, "/v1/sessions/" + id);
    EXPECT_EQ(answer.response.result_int(), 204U);
    EXPECT_EQ(answer.response.body(), "");
    EXPECT_TRUE(closed_.empty());
    EXPECT_EQ(call(http::verb::delete_, "/v1/sessions/" + id).response.result_int(), 404U);
}

// contract: API-4
TEST_F(PublicApiRest, WhenStreamingSessionIsDeleted_ClosesItsStream) {
    auto const id = new_session();
    auto const claim = sessions_.claim(*SessionId::parse(id), 3, 7);
    ASSERT_TRUE(claim);
    EXPECT_EQ(call(http::verb::delete_, "/v1/sessions/" + id).response.result_int(), 204U);
    ASSERT_EQ(closed_.size(), 1U);
    EXPECT_EQ(closed_[0].first,
              (StreamRef{.shard = 3, .number = 7, .generation = claim->generation}));
    EXPECT_EQ(closed_[0].second, CloseCode::deleted);
}

TEST_F(PublicApiRest, WhenTickerUnknown_Gives422AndCreatesNothing) {
    auto const answer = post(R"({"tickers":["AAPL","NOPE"]})");
    EXPECT_EQ(answer.response.result_int(), 422U);
    EXPECT_EQ(code_of(answer), "unknown_ticker");
    EXPECT_EQ(Json::parse(answer.response.body()).at("tickers"), Json({"NOPE"}));
    EXPECT_EQ(sessions_.counts().created, 0U);
    EXPECT_EQ(table_.size(), 2U);
}

// contract: VAL-5
TEST_F(PublicApiRest, WhenUnknownTickersAreAccepted_MakesThem) {
    use(true);
    EXPECT_EQ(post(R"({"tickers":["new"]})").response.result_int(), 201U);
    EXPECT_EQ(table_.size(), 3U);
    EXPECT_EQ(Json::parse(call(http::verb::get, "/v1/tickers").response.body()),
              Json::parse(R"({"tickers":["AAPL","MSFT"]})"));
}

TEST_F(PublicApiRest, WhenTickerIllFormed_Gives422NamingIt) {
    use(true);
    auto const answer = post(R"({"tickers":["NEW","B C"]})");
    EXPECT_EQ(code_of(answer), "invalid_ticker");
    EXPECT_EQ(Json::parse(answer.response.body()).at("tickers"), Json({"B C"}));
    EXPECT_EQ(table_.size(), 2U);
}

TEST_F(PublicApiRest, WithTickersAboveTheLimit_Gives422WithTheLimit) {
    use(true);
    EXPECT_EQ(post(R"({"tickers":["A","B","A","AAPL"]})").response.result_int(), 201U);
    auto const answer = post(R"({"tickers":["A","B","AAPL","MSFT"]})");
    EXPECT_EQ(code_of(answer), "too_many_tickers");
    EXPECT_EQ(Json::parse(answer.response.body()).at("limit"), 3);
    EXPECT_EQ(hits(Limit::max_tickers_per_session), 1U);
}

TEST_F(PublicApiRest, WhenBodyIsWrong_AnswersItsCode) {
    EXPECT_EQ(code_of(post("{")), "invalid_json");
    EXPECT_EQ(code_of(post("[]")), "invalid_type");
    EXPECT_EQ(code_of(post(R"({"x":1})")), "unknown_field");
    EXPECT_EQ(code_of(post(R"({"throttle_ms":-1})")), "bad_throttle");
    EXPECT_EQ(code_of(post("{}")), "empty_tickers");
    EXPECT_EQ(code_of(post(std::string(100'000, '['))), "invalid_json");
}

// contract: LIM-4
TEST_F(PublicApiRest, WithMoreSessionsThanMayBe_Gives503AtCapacity) {
    new_session();
    new_session();
    auto const answer = post(R"({"tickers":["AAPL"]})");
    EXPECT_EQ(answer.response.result_int(), 503U);
    EXPECT_EQ(code_of(answer), "at_capacity");
    EXPECT_EQ(answer.response.count(http::field::retry_after), 1U);
    EXPECT_EQ(hits(Limit::max_sessions), 1U);
}

// contract: SIG-2
TEST_F(PublicApiRest, WhileDraining_RefusesNewSessionsOnly) {
    auto const id = new_session();
    draining_ = true;
    auto const answer = post(R"({"tickers":["AAPL"]})");
    EXPECT_EQ(answer.response.result_int(), 503U);
    EXPECT_EQ(code_of(answer), "draining");
    EXPECT_EQ(answer.response.count(http::field::retry_after), 1U);
    EXPECT_EQ(call(http::verb::get, "/v1/sessions/" + id).response.result_int(), 200U);
}

// contract: API-10
TEST_F(PublicApiRest, WithContentTypes_TakesJsonOrNone) {
    for (auto const* good : {"application/json", "Application/Json; charset=utf-8"}) {
        auto made = request(http::verb::post, "/v1/sessions", "{}");
        made.set(http::field::content_type, good);
        EXPECT_EQ(code_of(call(made)), "empty_tickers") << good;
    }
    auto made = request(http::verb::post, "/v1/sessions", "{}");
    made.set(http::field::content_type, "text/plain");
    EXPECT_EQ(call(made).response.result_int(), 415U);
    EXPECT_EQ(code_of(call(made)), "unsupported_media_type");
    EXPECT_TRUE(is_refused_early(made));
}

TEST_F(PublicApiRest, WithQuotes_AsksForTheKnownOnes) {
    auto const answer = call(http::verb::get, "/v1/quotes?tickers=aapl,NOPE,MSFT,AAPL");
    EXPECT_EQ(answer.response.result_int(), 200U);
    EXPECT_EQ(answer.response.body(), R"({"quotes":[1,0]})");
    EXPECT_EQ(call(http::verb::get, "/v1/quotes?tickers=NOPE").response.body(), R"({"quotes":[]})");
}

// contract: ERR-5
TEST_F(PublicApiRest, WithWrongQuoteQueries_Gives400Or422) {
    EXPECT_EQ(code_of(call(http::verb::get, "/v1/quotes")), "bad_query");
    EXPECT_EQ(code_of(call(http::verb::get, "/v1/quotes?tickers=")), "bad_query");
    EXPECT_EQ(code_of(call(http::verb::get, "/v1/quotes?x=1")), "bad_query");
    EXPECT_EQ(code_of(call(http::verb::get, "/v1/quotes?tickers=A,,B")), "invalid_ticker");
    EXPECT_EQ(code_of(call(http::verb::get, "/v1/quotes?tickers=%FF")), "invalid_ticker");
}

// contract: API-6
TEST_F(PublicApiRest, WithQuotesAtTheLimit_AnswersAndAboveItRefuses) {
    std::string target{"/v1/quotes?tickers=T1"};
    for (int i = 2; i <= 400; ++i)
        target += ",T" + std::to_string(i);
    EXPECT_EQ(call(http::verb::get, target).response.result_int(), 200U);
    auto const answer = call(http::verb::get, target + ",T401");
    EXPECT_EQ(code_of(answer), "bad_query");
    EXPECT_EQ(Json::parse(answer.response.body()).at("limit"), 400);
}

TEST_F(PublicApiRest, WithUnknownPaths_Gives404) {
    for (auto const* path : {"/v1", "/v1/sessions/", "/v1/sessions/a/b", "/v1/stream/", "/nope",
                             "/v1/sessionsx", "/metrics", "/*"}) {
        auto const answer = call(http::verb::get, path);
        EXPECT_EQ(answer.response.result_int(), 404U) << path;
        EXPECT_EQ(code_of(answer), "no_such_route") << path;
        EXPECT_EQ(answer.route, "unknown") << path;
    }
}

TEST_F(PublicApiRest, WithWrongMethods_Gives405WithAllow) {
    auto const allow_of = [this](http::verb verb, std::string const& target) {
        auto const answer = call(verb, target);
        EXPECT_EQ(answer.response.result_int(), 405U) << target;
        EXPECT_EQ(code_of(answer), "method_not_allowed");
        return std::string{answer.response[http::field::allow]};
    };
    EXPECT_EQ(allow_of(http::verb::get, "/v1/sessions"), "POST, OPTIONS");
    EXPECT_EQ(allow_of(http::verb::head, "/v1/sessions"), "POST, OPTIONS");
    EXPECT_EQ(allow_of(http::verb::put, "/v1/sessions/x"), "GET, HEAD, PATCH, DELETE, OPTIONS");
    EXPECT_EQ(allow_of(http::verb::post, "/v1/tickers"), "GET, HEAD, OPTIONS");
    EXPECT_EQ(allow_of(http::verb::delete_, "/v1/quotes"), "GET, HEAD, OPTIONS");
    EXPECT_EQ(allow_of(http::verb::post, "/v1/stream/x"), "GET, HEAD, OPTIONS");
    EXPECT_EQ(allow_of(http::verb::put, "/"), "GET, HEAD, OPTIONS");
    auto made = request(http::verb::get, "/");
    made.method_string("BREW");
    EXPECT_EQ(call(made).response.result_int(), 405U);
}

// contract: API-23
TEST_F(PublicApiRest, WithPreflight_Gives204WithCors) {
    auto const answer = call(http::verb::options, "/v1/sessions/x");
    EXPECT_EQ(answer.response.result_int(), 204U);
    EXPECT_EQ(answer.response[http::field::access_control_allow_origin], "*");
    EXPECT_EQ(answer.response[http::field::access_control_allow_methods],
              "GET, HEAD, PATCH, DELETE, OPTIONS");
    EXPECT_TRUE(
        answer.response[http::field::access_control_allow_headers].contains("Content-Type"));
    EXPECT_TRUE(
        answer.response[http::field::access_control_allow_headers].contains("Last-Event-ID"));
    EXPECT_EQ(answer.response.count(http::field::access_control_max_age), 1U);
    EXPECT_EQ(call(http::verb::options, "/v1/quotes").response.result_int(), 204U);
}

// contract: API-23
TEST_F(PublicApiRest, OnEveryAnswer_AllowsAnyOrigin) {
    for (auto const* path : {"/", "/nope", "/v1/tickers", "/v1/sessions", "/v1/stream/x"}) {
        auto const answer = call(http::verb::get, path);
        EXPECT_EQ(answer.response[http::field::access_control_allow_origin], "*") << path;
        EXPECT_EQ(answer.response[http::field::access_control_expose_headers],
                  "Date, Location, Retry-After");
    }
    auto const refused = refuse_for(*api_, Error{.code = ErrorCode::headers_too_large}, nullptr);
    EXPECT_EQ(refused.response[http::field::access_control_allow_origin], "*");
    EXPECT_EQ(hits(Limit::max_header_bytes), 1U);
}

TEST_F(PublicApiRest, AtItsRoot_SaysWhereTheDocsAre) {
    auto const answer = call(http::verb::get, "/");
    EXPECT_EQ(answer.response.result_int(), 200U);
    EXPECT_TRUE(answer.response[http::field::content_type].starts_with("text/plain"));
    EXPECT_NE(answer.response.body().find("docs"), std::string::npos);
}

TEST_F(PublicApiRest, WithAbsoluteTarget_FindsTheRoute) {
    EXPECT_EQ(call(http::verb::get, "http://x:1/v1/tickers").response.result_int(), 200U);
}

}  // namespace
}  // namespace tickcast::test
