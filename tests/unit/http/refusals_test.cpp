#include "tickcast/http/refusals.hpp"

#include "tickcast/http/response.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace tickcast::test {
namespace {

HttpHeader header_of(http::verb method) {
    HttpHeader header;
    header.method_string(method == http::verb::unknown ? "BREW" : http::to_string(method));
    header.target("/x");
    return header;
}

ErrorCode code_of(std::optional<Refusal> const& refused) {
    EXPECT_TRUE(refused.has_value());
    return refused ? refused->error.code : ErrorCode::internal;
}

TEST(RefuseByTable, WithoutSuchAPath_Is404) {
    EXPECT_EQ(code_of(refuse_by_table(header_of(http::verb::get), {})), ErrorCode::no_such_route);
    EXPECT_EQ(code_of(refuse_by_table(header_of(http::verb::options), {})),
              ErrorCode::no_such_route);
}

// contract: ERR-18
TEST(RefuseByTable, WithAnotherMethod_Is405WithAllow) {
    Routed const routed{.methods = {Method::get, Method::head}};
    for (auto const method : {http::verb::post, http::verb::options, http::verb::unknown}) {
        auto const refused = refuse_by_table(header_of(method), routed);
        ASSERT_EQ(code_of(refused), ErrorCode::method_not_allowed);
        auto const response = problem_response(*refused);
        EXPECT_EQ(response[http::field::allow], "GET, HEAD");
        EXPECT_NE(response.body().find("this path allows GET, HEAD"), std::string::npos);
    }
}

TEST(RefuseByTable, WithARowOrOptionsWherePathsTakeThem_IsNone) {
    EXPECT_FALSE(refuse_by_table(header_of(http::verb::get), {.row = 0, .methods = {Method::get}}));
    EXPECT_FALSE(refuse_by_table(header_of(http::verb::options),
                                 {.methods = {Method::get, Method::options}}));
}

TEST(RefuseByFacts, WhileDraining_RefusesNewWorkAlone) {
    auto const header = header_of(http::verb::post);
    EXPECT_EQ(code_of(refuse_by_facts(header, {.new_work = true}, true)), ErrorCode::draining);
    EXPECT_FALSE(refuse_by_facts(header, {.new_work = true}, false));
    EXPECT_FALSE(refuse_by_facts(header, {}, true));
}

TEST(RefuseByFacts, OfABodyThatIsToBeJson_LooksAtCodingThenType) {
    auto header = header_of(http::verb::post);
    EXPECT_FALSE(refuse_by_facts(header, {.json_body = true}, false)) << "untyped";
    header.set(http::field::content_type, "application/json; charset=utf-8");
    EXPECT_FALSE(refuse_by_facts(header, {.json_body = true}, false));
    header.set(http::field::content_type, "text/plain");
    EXPECT_EQ(code_of(refuse_by_facts(header, {.json_body = true}, false)),
              ErrorCode::unsupported_media_type);
    EXPECT_FALSE(refuse_by_facts(header, {}, false)) << "no body is looked at";
    header.set(http::field::content_encoding, "gzip");
    auto const refused = refuse_by_facts(header, {.json_body = true}, false);
    EXPECT_EQ(code_of(refused), ErrorCode::unsupported_media_type);
    EXPECT_EQ(problem_response(*refused)[http::field::accept_encoding], "identity");
    EXPECT_EQ(code_of(refuse_by_facts(header, {.json_body = true, .new_work = true}, true)),
              ErrorCode::draining);
}

TEST(CountLimit, OfALargeBody_IsTheRoutesOwn) {
    auto const metrics = std::make_unique<ShardMetrics>();
    auto const hits = [&metrics](Limit limit) {
        return metrics->limit_hits[static_cast<std::size_t>(limit)].value();
    };
    count_limit(ErrorCode::body_too_large, {}, *metrics);
    EXPECT_EQ(hits(Limit::max_body_bytes), 1U);
    RouteFacts const facts{.body = {&Settings::push_body_max, Limit::push_body_max}};
    count_limit(ErrorCode::body_too_large, {.facts = facts}, *metrics);
    EXPECT_EQ(hits(Limit::push_body_max), 1U);
    EXPECT_EQ(hits(Limit::max_body_bytes), 1U);
}

}  // namespace
}  // namespace tickcast::test
