#include "protocol/flat_json.hpp"
#include "tickcast/protocol/session_body.hpp"

#include <gtest/gtest.h>

namespace tickcast::test {
namespace {

ErrorCode code_of(std::string_view body) {
    auto const spec = parse_session_body(body);
    if (!spec) return spec.error().code;
    ADD_FAILURE() << "accepted: " << body.substr(0, 100);
    return ErrorCode::internal;
}

std::string with_throttle(std::string const& value) {
    return R"({"tickers":["A"],"throttle_ms":)" + value + '}';
}

TEST(SessionBody, WhenComplete_GivesItsValues) {
    auto const spec = parse_session_body(R"( {"throttle_ms":250, "tickers":["AAPL","b\u0042"]} )");
    ASSERT_TRUE(spec);
    EXPECT_EQ(spec->tickers, (std::vector<std::string>{"AAPL", "bB"}));
    EXPECT_EQ(spec->throttle_ms, 250U);
}

TEST(SessionBody, WithoutThrottle_HasNone) {
    auto const spec = parse_session_body(R"({"tickers":["A"]})");
    ASSERT_TRUE(spec);
    EXPECT_EQ(spec->throttle_ms, 0U);
}

TEST(SessionBody, WithThrottleAtTheEdges_AcceptsValuesInRange) {
    for (auto const* good :
         {"0", "1", "59999", "60000", "-0", "250.0", "2e2", "600000e-1", "-0.0"}) {
        EXPECT_TRUE(parse_session_body(with_throttle(good))) << good;
    }
    for (auto const* bad :
         {"-1", "60001", "0.5", "250.5", "6.0001e4", "1e-400", "1e400", "-1e400",
          "99999999999999999999999", "18446744073709551616", "-9223372036854775809"}) {
        EXPECT_EQ(code_of(with_throttle(bad)), ErrorCode::bad_throttle) << bad;
    }
}

TEST(SessionBody, WhenThrottleIsNoNumber_IsInvalidType) {
    for (auto const* bad : {"null", "true", "\"250\"", "[]", "[1]", "{}", "{\"a\":1}"}) {
        EXPECT_EQ(code_of(with_throttle(bad)), ErrorCode::invalid_type) << bad;
    }
}

TEST(SessionBody, WhenNotAnObject_IsInvalidType) {
    for (auto const* bad :
         {"[]", "1", "null", "\"x\"", "true", "[{\"tickers\":[\"A\"]}]", "1e400"}) {
        EXPECT_EQ(code_of(bad), ErrorCode::invalid_type) << bad;
    }
}

TEST(SessionBody, WhenTickersAreNoStrings_IsInvalidType) {
    for (auto const* bad :
         {R"({"tickers":"A"})", R"({"tickers":null})", R"({"tickers":{"a":"B"}})",
          R"({"tickers":[1]})", R"({"tickers":["A",null]})", R"({"tickers":[["A"]]})",
          R"({"tickers":["A",{}]})", R"({"tickers":[1e400]})", R"({"tickers":1})"}) {
        EXPECT_EQ(code_of(bad), ErrorCode::invalid_type) << bad;
    }
}

TEST(SessionBody, WithNestedStrings_RefusesThem) {
    EXPECT_EQ(code_of(R"({"tickers":[["A"],"B"]})"), ErrorCode::invalid_type);
    EXPECT_EQ(code_of(R"({"x":{"tickers":["A"]}})"), ErrorCode::unknown_field);
}

TEST(SessionBody, WithUnknownMember_NamesIt) {
    auto const spec = parse_session_body(R"({"tickers":["A"],"throtle_ms":1})");
    ASSERT_FALSE(spec);
    EXPECT_EQ(spec.error().code, ErrorCode::unknown_field);
    EXPECT_NE(spec.error().detail.find("throtle_ms"), std::string::npos);
}

// contract: ERR-4
TEST(SessionBody, WithoutAnyTicker_IsEmptyTickers) {
    EXPECT_EQ(code_of("{}"), ErrorCode::empty_tickers);
    EXPECT_EQ(code_of(R"({"tickers":[]})"), ErrorCode::empty_tickers);
    EXPECT_EQ(code_of(R"({"throttle_ms":1})"), ErrorCode::empty_tickers);
}

TEST(SessionBody, WhenAMemberIsThereTwice_IsInvalidJson) {
    EXPECT_EQ(code_of(R"({"tickers":["A"],"tickers":["B"]})"), ErrorCode::invalid_json);
    EXPECT_EQ(code_of(R"({"throttle_ms":1,"throttle_ms":1})"), ErrorCode::invalid_json);
}

TEST(SessionBody, WhenNoJson_IsInvalidJson) {
    for (auto const* bad :
         {"", " ", "{", "{\"tickers\":[\"A\"]", "{\"tickers\":[\"A\",]}", "{'tickers':[]}",
          "{\"tickers\":[\"A\"]} x", "{}{}", "{\"tickers\":[\"A]}", "// c\n{}",
          "{\"tickers\":[\"\\ud800\"]}", "{\"tickers\":[\"\t\"]}", "tickers=A"}) {
        EXPECT_EQ(code_of(bad), ErrorCode::invalid_json) << bad;
    }
}

TEST(SessionBody, WithNotANumber_IsInvalidJson) {
    for (auto const* bad :
         {"NaN", "Infinity", "-Infinity", "nan", "+1", "01", "1.", ".5", "0x1", "-"}) {
        EXPECT_EQ(code_of(with_throttle(bad)), ErrorCode::invalid_json) << bad;
    }
}

TEST(SessionBody, WithBadUtf8_IsInvalidJson) {
    for (auto const* bad : {"\xFF", "\xC0\xAF", "\xED\xA0\x80", "\xE2\x82", "\xF5\x80\x80\x80"}) {
        EXPECT_EQ(code_of("{\"tickers\":[\"" + std::string{bad} + "\"]}"), ErrorCode::invalid_json);
    }
}

TEST(SessionBody, WithNulByte_IsInvalidJson) {
    using namespace std::string_view_literals;
    EXPECT_EQ(code_of("{\"tickers\":[\"A\"]}\0garbage"sv), ErrorCode::invalid_json);
    EXPECT_EQ(code_of("\0"sv), ErrorCode::invalid_json);
}

TEST(SessionBody, WhenFaultyAndThenNoJson_IsInvalidJson) {
    EXPECT_EQ(code_of(R"({"x":1,"tickers":[1)"), ErrorCode::invalid_json);
}

TEST(SessionBody, WithSeveralFaults_TheFirstCounts) {
    EXPECT_EQ(code_of(R"({"tickers":[1],"x":1})"), ErrorCode::invalid_type);
    EXPECT_EQ(code_of(R"({"x":1,"tickers":[1]})"), ErrorCode::unknown_field);
    EXPECT_EQ(code_of(R"({"throttle_ms":-1,"tickers":[]})"), ErrorCode::bad_throttle);
}

TEST(SessionBody, WhenDepthIsAtTheLimit_IsReadAndAboveItRefused) {
    auto const nested = [](std::size_t depth) {
        return std::string(depth, '[') + std::string(depth, ']');
    };
    EXPECT_EQ(code_of(nested(kMaxJsonDepth - 1)), ErrorCode::invalid_type);
    EXPECT_EQ(code_of(nested(kMaxJsonDepth)), ErrorCode::invalid_type);
    EXPECT_EQ(code_of(nested(kMaxJsonDepth + 1)), ErrorCode::invalid_json);
}

TEST(SessionBody, WithJsonBombs_IsInvalidJson) {
    EXPECT_EQ(code_of(std::string(100'000, '[')), ErrorCode::invalid_json);
    std::string objects;
    for (int i = 0; i < 20'000; ++i)
        objects += "{\"a\":";
    EXPECT_EQ(code_of(objects), ErrorCode::invalid_json);
    EXPECT_EQ(code_of("{\"tickers\":" + std::string(100'000, '[')), ErrorCode::invalid_json);
}

TEST(SessionBody, WithAHugeNumberText_IsBadThrottle) {
    EXPECT_EQ(code_of(with_throttle(std::string(50'000, '9'))), ErrorCode::bad_throttle);
    EXPECT_EQ(code_of(with_throttle("0." + std::string(50'000, '3'))), ErrorCode::bad_throttle);
}

}  // namespace
}  // namespace tickcast::test
