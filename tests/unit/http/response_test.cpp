#include "tickcast/http/response.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace tickcast::test {
namespace {

using Json = nlohmann::json;

// contract: ERR-1 ERR-2
TEST(ProblemResponse, WithAllMembers_HasThemInTheBody) {
    auto const response = problem_response(Error{.code = ErrorCode::too_many_tickers,
                                                 .detail = "too many",
                                                 .tickers = {"A", "B"},
                                                 .limit = 64,
                                                 .line = 3});
    EXPECT_EQ(response.result_int(), 422U);
    EXPECT_EQ(response[http::field::content_type], "application/problem+json");
    auto const problem = Json::parse(response.body());
    EXPECT_EQ(problem.at("type"), "urn:tickcast:problem:too_many_tickers");
    EXPECT_FALSE(problem.at("title").get<std::string>().empty());
    EXPECT_EQ(problem.at("status"), 422);
    EXPECT_EQ(problem.at("detail"), "too many");
    EXPECT_EQ(problem.at("code"), "too_many_tickers");
    EXPECT_EQ(problem.at("tickers"), Json({"A", "B"}));
    EXPECT_EQ(problem.at("limit"), 64);
    EXPECT_EQ(problem.at("line"), 3);
}

TEST(ProblemResponse, WithoutOptionalMembers_LeavesThemOut) {
    auto const problem = Json::parse(problem_response(Error{}).body());
    EXPECT_FALSE(problem.contains("tickers"));
    EXPECT_FALSE(problem.contains("limit"));
    EXPECT_FALSE(problem.contains("line"));
    EXPECT_FALSE(problem.contains("detail"));
}

TEST(ProblemResponse, WhenTickerIsNoUtf8_IsStillJson) {
    auto const response =
        problem_response(Error{.code = ErrorCode::invalid_ticker, .tickers = {"\xFF\xFE", "\x01"}});
    EXPECT_TRUE(Json::accept(response.body()));
}

// contract: ERR-18
TEST(ProblemResponse, WithFieldsOfItsOwn_HasThem) {
    auto const response = problem_response(
        {Error{.code = ErrorCode::method_not_allowed}, {{http::field::allow, "GET, HEAD"}}});
    EXPECT_EQ(response[http::field::allow], "GET, HEAD");
}

// contract: ERR-6
TEST(ProblemResponse, WhenWaitingHelps_HasRetryAfter) {
    for (auto const code :
         {ErrorCode::rate_limited, ErrorCode::too_many_sessions, ErrorCode::too_many_connections,
          ErrorCode::draining, ErrorCode::at_capacity}) {
        auto const response = problem_response(Error{.code = code});
        EXPECT_GE(std::stoi(std::string{response[http::field::retry_after]}), 1) << name(code);
    }
    EXPECT_EQ(
        problem_response(Error{.code = ErrorCode::no_such_route}).count(http::field::retry_after),
        0U);
}

TEST(ProblemResponse, WhenRequestCouldNotBeRead_ClosesTheConnection) {
    EXPECT_FALSE(problem_response(Error{.code = ErrorCode::bad_request}).keep_alive());
    EXPECT_FALSE(problem_response(Error{.code = ErrorCode::request_timeout}).keep_alive());
    EXPECT_TRUE(problem_response(Error{.code = ErrorCode::invalid_json}).keep_alive());
}

TEST(FinishResponse, ForHead_DropsTheBodyAndKeepsItsLength) {
    auto response = json_response(http::status::ok, "{\"a\":1}");
    finish_response(response, Exchange{.method = http::verb::head});
    EXPECT_EQ(response.body(), "");
    EXPECT_EQ(response[http::field::content_length], "7");
}

TEST(FinishResponse, ForNoContent_HasNoLength) {
    auto response = empty_response();
    finish_response(response, Exchange{.method = http::verb::delete_});
    EXPECT_EQ(response.count(http::field::content_length), 0U);
}

TEST(FinishResponse, ForNotModified_HasNoLength) {
    HttpResponse response{http::status::not_modified, 11};
    finish_response(response, Exchange{});
    EXPECT_EQ(response.count(http::field::content_length), 0U);
}

TEST(FinishAnswer, WithASharedBody_GivesItsLengthAndKeepsItButForHead) {
    static constexpr std::string_view kBody = "shared";
    Answer answer{.shared_body = kBody};
    finish_answer(answer, Exchange{});
    EXPECT_EQ(answer.response[http::field::content_length], "6");
    EXPECT_EQ(answer.shared_body.data(), kBody.data());
    finish_answer(answer, Exchange{.method = http::verb::head});
    EXPECT_EQ(answer.response[http::field::content_length], "6");
    EXPECT_TRUE(answer.shared_body.empty());
}

TEST(FinishAnswer, WithoutASharedBody_IsFinishedAsAResponse) {
    Answer answer{.response = json_response(http::status::ok, "{\"a\":1}")};
    finish_answer(answer, Exchange{.method = http::verb::head});
    EXPECT_EQ(answer.response[http::field::content_length], "7");
    EXPECT_EQ(answer.response.body(), "");
}

/// RFC 9110 section 6.2: the version of an answer is the server's own.
TEST(FinishResponse, ForHttp10_HasOurVersionAndSaysWhetherItCloses) {
    auto kept = json_response(http::status::ok, "{}");
    finish_response(kept, Exchange{.version = 10, .keep_alive = true});
    EXPECT_EQ(kept.version(), 11U);
    EXPECT_EQ(kept[http::field::connection], "keep-alive");
    EXPECT_TRUE(kept.keep_alive());

    auto closed = json_response(http::status::ok, "{}");
    finish_response(closed, Exchange{.version = 10, .keep_alive = false});
    EXPECT_EQ(closed.version(), 11U);
    EXPECT_EQ(closed[http::field::connection], "close");
    EXPECT_FALSE(closed.keep_alive());
}

TEST(FinishResponse, WhenTheConnectionCloses_SaysSoInHttp10Too) {
    for (auto const version : {10U, 11U}) {
        auto response = problem_response(Error{.code = ErrorCode::bad_request});
        finish_response(response, Exchange{.version = version, .keep_alive = true});
        EXPECT_EQ(response[http::field::connection], "close") << version;
    }
}

TEST(FinishResponse, WhenAnswerWantsToClose_DoesNotKeepAlive) {
    auto response = problem_response(Error{.code = ErrorCode::bad_request});
    finish_response(response, Exchange{.keep_alive = true});
    EXPECT_EQ(response[http::field::connection], "close");
}

TEST(FinishResponse, AtATime_HasItAsItsDate) {
    auto response = json_response(http::status::ok, "{}");
    finish_response(response, Exchange{.wall_us = 784'111'777'999'999});
    EXPECT_EQ(response[http::field::date], "Sun, 06 Nov 1994 08:49:37 GMT");
    finish_response(response, Exchange{.wall_us = 784'111'778'000'000});
    EXPECT_EQ(response[http::field::date], "Sun, 06 Nov 1994 08:49:38 GMT");
}

// contract: SSE-8 SSE-9
TEST(EventStreamHead, AsSent_HasNoLengthAndEndsWithTheConnection) {
    auto const text = endless_head(event_stream_head(), 784'111'777'000'000);
    EXPECT_TRUE(text.starts_with("HTTP/1.1 200 OK\r\n")) << text;
    EXPECT_TRUE(text.ends_with("\r\n\r\n")) << text;
    for (auto const* line :
         {"Content-Type: text/event-stream", "Cache-Control: no-store, no-transform\r\n",
          "X-Accel-Buffering: no", "Connection: close", "Date: Sun, 06 Nov 1994 08:49:37 GMT"}) {
        EXPECT_NE(text.find(std::string{"\r\n"} + line), std::string::npos) << line;
    }
    EXPECT_EQ(text.find("Content-Length"), std::string::npos);
    EXPECT_EQ(text.find("Transfer-Encoding"), std::string::npos);
}

TEST(StayAway, MustNotBeCached) {
    auto const response = stay_away_response();
    EXPECT_EQ(response.result_int(), 204U);
    EXPECT_EQ(response[http::field::cache_control], "no-store");
}

}  // namespace
}  // namespace tickcast::test
