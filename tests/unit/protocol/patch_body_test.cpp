#include "tickcast/protocol/session_body.hpp"

#include <gtest/gtest.h>

namespace tickcast::test {
namespace {

ErrorCode code_of(std::string_view body) {
    auto const patch = parse_patch_body(body);
    if (!patch) return patch.error().code;
    ADD_FAILURE() << "accepted: " << body.substr(0, 100);
    return ErrorCode::internal;
}

TEST(PatchBody, WhenComplete_GivesItsValues) {
    auto const patch =
        parse_patch_body(R"({"throttle_ms":60000,"remove":["A","A"],"add":["b","C D"]})");
    ASSERT_TRUE(patch);
    EXPECT_EQ(patch->add, (std::vector<std::string>{"b", "C D"}));
    EXPECT_EQ(patch->remove, (std::vector<std::string>{"A", "A"}));
    EXPECT_EQ(patch->throttle_ms, 60'000U);
}

TEST(PatchBody, WithoutAnyMember_ChangesNothing) {
    auto const patch = parse_patch_body("{}");
    ASSERT_TRUE(patch);
    EXPECT_TRUE(patch->add.empty());
    EXPECT_TRUE(patch->remove.empty());
    EXPECT_FALSE(patch->throttle_ms);
    EXPECT_TRUE(parse_patch_body(R"({"add":[],"remove":[]})"));
}

// contract: ERR-3
TEST(PatchBody, WithNullOrWrongTypes_IsInvalidType) {
    for (auto const* bad :
         {R"({"add":null})", R"({"remove":null})", R"({"throttle_ms":null})", R"({"add":"A"})",
          R"({"remove":["A",1]})", R"({"add":{"A":1}})", R"({"throttle_ms":"1"})", "[]", "null"}) {
        EXPECT_EQ(code_of(bad), ErrorCode::invalid_type) << bad;
    }
}

TEST(PatchBody, WithThrottleOutOfRange_IsBadThrottle) {
    for (auto const* bad : {"60001", "-1", "0.5", "1e400"}) {
        EXPECT_EQ(code_of(R"({"throttle_ms":)" + std::string{bad} + '}'), ErrorCode::bad_throttle);
    }
}

TEST(PatchBody, WithUnknownMember_IsUnknownField) {
    EXPECT_EQ(code_of(R"({"tickers":["A"]})"), ErrorCode::unknown_field);
    EXPECT_EQ(code_of(R"({"add":["A"],"Remove":["A"]})"), ErrorCode::unknown_field);
}

TEST(PatchBody, WhenNoJson_IsInvalidJson) {
    using namespace std::string_view_literals;
    for (auto const bad : {""sv, "{"sv, R"({"add":[],"add":[]})"sv, "{}\0"sv, "{} {}"sv}) {
        EXPECT_EQ(code_of(bad), ErrorCode::invalid_json) << bad;
    }
}

}  // namespace
}  // namespace tickcast::test
