// The tables of both listeners.
#include "api/admin_routes.hpp"
#include "api/public_routes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tickcast::test {
namespace {

using testing::UnorderedElementsAre;

/// A request for a row of a table finds this row.
template <class Table>
void expect_each_row_is_reached(Table const& table) {
    for (std::size_t i = 0; i < table.rows().size(); ++i) {
        auto const& row = table[i];
        EXPECT_NE(row.handler.answer, nullptr) << row.pattern;
        bool const is_path = row.pattern.starts_with('/');
        bool const has_parameter = row.pattern.find('{') != std::string_view::npos;
        std::string_view const parameter{has_parameter ? "x" : ""};
        auto const path = path_of(row.pattern, parameter);
        auto const routed =
            is_path ? table.find(path, row.method) : table.find_pattern(row.pattern, row.method);
        EXPECT_EQ(routed.row, i) << row.pattern;
        EXPECT_EQ(table.labels()[routed.label], row.pattern);
        EXPECT_EQ(routed.parameter, parameter) << row.pattern;
    }
}

TEST(PublicRoutes, EachRow_IsReached) {
    expect_each_row_is_reached(kPublicRoutes);
}

TEST(AdminRoutes, EachRow_IsReached) {
    expect_each_row_is_reached(kAdminRoutes);
}

TEST(PublicRoutes, Labels_AreTheContracts) {
    EXPECT_THAT(
        PublicApi::routes(),
        UnorderedElementsAre("/v1/sessions", "/v1/sessions/{id}", "/v1/tickers", "/v1/quotes",
                             "/v1/stream/{id}", "/livez", "/readyz", "static", "unknown"));
}

TEST(AdminRoutes, Labels_AreTheContracts) {
    EXPECT_THAT(AdminApi::routes(), UnorderedElementsAre("/v1/ticks", "/metrics", "/livez",
                                                         "/healthz", "/readyz", "unknown"));
}

std::string allowed_by(auto const& table, std::string_view path) {
    return table.find(path, Method::other).methods.list();
}

TEST(PublicRoutes, Methods_AreTheContracts) {
    EXPECT_EQ(allowed_by(kPublicRoutes, "/v1/sessions"), "POST, OPTIONS");
    EXPECT_EQ(allowed_by(kPublicRoutes, "/v1/sessions/x"), "GET, HEAD, PATCH, DELETE, OPTIONS");
    for (auto const* path : {"/v1/tickers", "/v1/quotes", "/v1/stream/x", "/readyz", "/livez"}) {
        EXPECT_EQ(allowed_by(kPublicRoutes, path), "GET, HEAD, OPTIONS") << path;
    }
    EXPECT_EQ(allowed_by(kPublicRoutes, "*"), "GET, HEAD, POST, PATCH, DELETE, OPTIONS");
}

TEST(AdminRoutes, Methods_AreTheContracts) {
    for (auto const* path : {"/metrics", "/livez", "/healthz", "/readyz"}) {
        EXPECT_EQ(allowed_by(kAdminRoutes, path), "GET, HEAD") << path;
    }
    EXPECT_EQ(allowed_by(kAdminRoutes, "/v1/ticks"), "POST");
    EXPECT_EQ(allowed_by(kAdminRoutes, "*"), "GET, HEAD, POST, OPTIONS");
}

TEST(PublicRoutes, WhatABalancerJudgesBy_IsAnsweredAlwaysAndNothingElse) {
    for (auto const& row : kPublicRoutes.rows()) {
        bool const is_health = row.pattern == "/readyz" || row.pattern == "/livez";
        EXPECT_EQ(row.facts.answered_always, is_health) << row.pattern;
    }
    EXPECT_TRUE(kPublicRoutes.find("/readyz", Method::other).facts.answered_always);
}

TEST(AdminRoutes, Bodies_HaveTheirLimitByPath) {
    for (auto const method : {Method::post, Method::get}) {
        EXPECT_EQ(kAdminRoutes.find("/v1/ticks", method).facts.body.limit, Limit::push_body_max);
    }
    EXPECT_EQ(kAdminRoutes.find("/metrics", Method::get).facts.body.limit, Limit::max_body_bytes);
}

}  // namespace
}  // namespace tickcast::test
