// The files of --web-root.
#include "unit/api/public_api_fixture.hpp"

namespace tickcast::test {
namespace {

class PublicApiPage : public PublicApiTest {
protected:
    PublicApiPage() {
        files_.add("index.html", "<p>");
        files_.add("docs/index.html", "<p>docs");
        files_.add("app/main.js", std::string(10'000, 'x'));
        page_ = &files_;
        use(false);
    }
    Answered get(std::string const& target, std::string const& encoding = {},
                 std::string tag = {}) {
        auto made = request(http::verb::get, target);
        if (!encoding.empty()) made.set(http::field::accept_encoding, encoding);
        if (!tag.empty()) made.set(http::field::if_none_match, tag);
        return call(made);
    }
    static void expect_page_headers(HttpResponse const& response) {
        EXPECT_EQ(response[http::field::cache_control], "no-cache");
        EXPECT_EQ(response["Content-Security-Policy"],
                  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
                  "font-src 'self'; connect-src 'self' ws: wss:; manifest-src 'self'; "
                  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
        EXPECT_EQ(response["X-Content-Type-Options"], "nosniff");
        EXPECT_EQ(response["Referrer-Policy"], "no-referrer");
        EXPECT_EQ(response[http::field::access_control_allow_origin], "*");
    }
    StaticFiles files_;
};

TEST_F(PublicApiPage, WithAFile_SendsItFromWhereItIs) {
    auto const answer = get("/app/main.js?v=1");
    EXPECT_EQ(answer.response.result_int(), 200U);
    EXPECT_EQ(answer.route, "static");
    auto const& kept = files_.find("/app/main.js").file->identity;
    EXPECT_EQ(answer.shared_body.data(), kept.body.data());
    EXPECT_EQ(answer.shared_body.size(), 10'000U);
    EXPECT_EQ(answer.response.body(), "");
    EXPECT_EQ(answer.response[http::field::etag], kept.etag);
    EXPECT_EQ(answer.response[http::field::content_type], "text/javascript; charset=utf-8");
    EXPECT_EQ(answer.response[http::field::vary], "Accept-Encoding");
    EXPECT_EQ(answer.response.count(http::field::content_encoding), 0U);
    expect_page_headers(answer.response);
}

TEST_F(PublicApiPage, WithGzipAccepted_SendsItWhereItIsSmaller) {
    auto const answer = get("/app/main.js", "gzip, br");
    EXPECT_EQ(answer.response[http::field::content_encoding], "gzip");
    auto const& kept = *files_.find("/app/main.js").file->gzip;
    EXPECT_EQ(answer.shared_body.data(), kept.body.data());
    EXPECT_EQ(answer.response[http::field::etag], kept.etag);
    auto const small = get("/", "gzip, br");
    EXPECT_EQ(small.response.count(http::field::content_encoding), 0U);
    EXPECT_EQ(small.shared_body, "<p>");
}

TEST_F(PublicApiPage, WhenUnchanged_Gives304WithTheTag) {
    std::string const tag{get("/app/main.js").response[http::field::etag]};
    auto const answer = get("/app/main.js", "", tag);
    EXPECT_EQ(answer.response.result_int(), 304U);
    EXPECT_EQ(answer.route, "static");
    EXPECT_EQ(answer.response[http::field::etag], tag);
    EXPECT_EQ(answer.response[http::field::vary], "Accept-Encoding");
    EXPECT_EQ(answer.response.count(http::field::content_type), 0U);
    EXPECT_TRUE(answer.shared_body.empty());
    expect_page_headers(answer.response);
    // The tag belongs to other bytes than those that would be sent now.
    EXPECT_EQ(get("/app/main.js", "gzip", tag).response.result_int(), 200U);
}

TEST_F(PublicApiPage, WhenIfMatchNamesAnother_Gives412WithoutBody) {
    auto made = request(http::verb::get, "/");
    made.set(http::field::if_match, "\"another\"");
    auto const answer = call(made);
    EXPECT_EQ(answer.response.result_int(), 412U);
    EXPECT_TRUE(answer.shared_body.empty());
    EXPECT_EQ(answer.response.body(), "");
}

TEST_F(PublicApiPage, WithAFolder_RedirectsWithTheQuery) {
    auto const answer = get("/docs");
    EXPECT_EQ(answer.response.result_int(), 308U);
    EXPECT_EQ(answer.response[http::field::location], "/docs/");
    EXPECT_EQ(answer.route, "static");
    expect_page_headers(answer.response);
    EXPECT_EQ(get("/docs?a=b&c").response[http::field::location], "/docs/?a=b&c");
    EXPECT_EQ(get("http://elsewhere/docs").response[http::field::location], "/docs/");
    EXPECT_EQ(get("/docs/").shared_body, "<p>docs");
}

TEST_F(PublicApiPage, WithWhatIsNotThere_Gives404) {
    for (auto const* target : {"/nope", "/v1", "/v1/", "/app/", "/docs/../index.html", "//docs"}) {
        auto const answer = get(target);
        EXPECT_EQ(answer.response.result_int(), 404U) << target;
        EXPECT_EQ(code_of(answer), "no_such_route");
        EXPECT_EQ(answer.route, "unknown");
    }
}

TEST_F(PublicApiPage, WithAnotherMethod_Gives405) {
    for (auto const* target : {"/", "/app/main.js", "/docs"}) {
        auto const answer = call(http::verb::post, target, "{}");
        EXPECT_EQ(answer.response.result_int(), 405U) << target;
        EXPECT_EQ(answer.response[http::field::allow], "GET, HEAD, OPTIONS");
        EXPECT_EQ(answer.route, "static");
        EXPECT_TRUE(is_refused_early(request(http::verb::put, target)));
    }
    auto const preflight = call(http::verb::options, "/app/main.js");
    EXPECT_EQ(preflight.response.result_int(), 204U);
    EXPECT_EQ(preflight.response[http::field::access_control_allow_methods], "GET, HEAD, OPTIONS");
}

TEST_F(PublicApiPage, WithListedOrigins_VariesByBoth) {
    settings_.allow_origins = {"https://app.example"};
    use(false);
    EXPECT_EQ(get("/").response[http::field::vary], "Accept-Encoding, Origin");
    auto made = request(http::verb::get, "/");
    made.set(http::field::origin, "https://evil.example");
    EXPECT_EQ(call(made).response.result_int(), 403U);
    made.set(http::field::origin, "https://app.example");
    EXPECT_EQ(call(made).response[http::field::access_control_allow_origin], "https://app.example");
}

TEST_F(PublicApiPage, BesideThePage_TheApiStaysWhereItIs) {
    EXPECT_EQ(get("/v1/tickers").route, "/v1/tickers");
    EXPECT_EQ(call(http::verb::post, "/v1/sessions", R"({"tickers":["AAPL"]})").route,
              "/v1/sessions");
}

}  // namespace
}  // namespace tickcast::test
