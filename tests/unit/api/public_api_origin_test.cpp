// Which web pages can use the API (--allow-origin).
#include "unit/api/public_api_fixture.hpp"

namespace tickcast::test {
namespace {

class PublicApiOrigin : public PublicApiTest {
protected:
    PublicApiOrigin() {
        settings_.allow_origins = {"https://app.example", "http://dev.example:3000"};
        use(false);
    }
    static HttpRequest with_origin(HttpRequest made, std::string const& origin) {
        made.set(http::field::origin, origin);
        return made;
    }
    Answered get_with(std::string const& origin) {
        return call(with_origin(request(http::verb::get, "/v1/tickers"), origin));
    }
};

TEST_F(PublicApiOrigin, WhenListed_IsEchoedWithVary) {
    auto const answer = get_with("https://app.example");
    EXPECT_EQ(answer.response.result_int(), 200U);
    EXPECT_EQ(answer.response[http::field::access_control_allow_origin], "https://app.example");
    EXPECT_EQ(answer.response[http::field::vary], "Origin");
}

// contract: API-27
TEST_F(PublicApiOrigin, WhenNotListed_IsRefusedFirstOfAll) {
    for (auto const verb : {http::verb::get, http::verb::options, http::verb::put}) {
        for (auto const* path : {"/v1/tickers", "/v1/sessions", "/nope"}) {
            auto const made = with_origin(request(verb, path), "https://evil.example");
            auto const answer = call(made);
            EXPECT_EQ(answer.response.result_int(), 403U) << path;
            EXPECT_EQ(code_of(answer), "origin_not_allowed");
            EXPECT_EQ(answer.response.count(http::field::access_control_allow_origin), 0U);
            EXPECT_EQ(answer.response[http::field::vary], "Origin");
            EXPECT_TRUE(is_refused_early(made));
        }
    }
}

// contract: API-26
TEST_F(PublicApiOrigin, WithItsHostsOwn_PassesWithDefaultPortsConsidered) {
    EXPECT_EQ(get_with("http://localhost").response.result_int(), 200U);
    EXPECT_EQ(get_with("https://localhost:443").response.result_int(), 200U);
    EXPECT_EQ(get_with("http://localhost:81").response.result_int(), 403U);
    EXPECT_EQ(get_with("http://LOCALHOST:80").response.result_int(), 200U);
    EXPECT_EQ(get_with("localhost").response.result_int(), 403U);
    auto made = with_origin(request(http::verb::get, "/v1/tickers"), "http://localhost");
    made.erase(http::field::host);
    EXPECT_EQ(call(made).response.result_int(), 403U);
}

TEST_F(PublicApiOrigin, OnRefusals_MarksThemToo) {
    auto const made = with_origin(request(http::verb::get, "/"), "http://dev.example:3000");
    auto const refused = refuse_for(*api_, Error{.code = ErrorCode::rate_limited}, &made);
    EXPECT_EQ(refused.response[http::field::access_control_allow_origin],
              "http://dev.example:3000");
    auto const unread = refuse_for(*api_, Error{.code = ErrorCode::bad_request}, nullptr);
    EXPECT_EQ(unread.response.count(http::field::access_control_allow_origin), 0U);
    EXPECT_EQ(unread.response[http::field::vary], "Origin");
}

}  // namespace
}  // namespace tickcast::test
