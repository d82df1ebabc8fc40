// The tables of both listeners. That their rows are the operations of docs/openapi.yaml:
// tests/e2e/documents/test_operations.py.
#include "api/admin_routes.hpp"
#include "api/public_routes.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace tickcast::test {
namespace {

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

std::string allowed_by(auto const& table, std::string_view path) {
    return table.find(path, Method::other).methods.list();
}

TEST(PublicRoutes, Methods_OfAPath_AreThoseOfItsRowsWithHeadAndOptions) {
    EXPECT_EQ(allowed_by(kPublicRoutes, "/v1/sessions/x"), "GET, HEAD, PATCH, DELETE, OPTIONS");
    EXPECT_EQ(allowed_by(kPublicRoutes, "*"), "GET, HEAD, POST, PATCH, DELETE, OPTIONS");
}

TEST(AdminRoutes, Methods_OfAPath_AreThoseOfItsRowsWithHead) {
    EXPECT_EQ(allowed_by(kAdminRoutes, "/metrics"), "GET, HEAD");
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
