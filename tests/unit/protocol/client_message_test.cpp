#include "tickcast/protocol/client_message.hpp"

#include "protocol/flat_json.hpp"

#include <gtest/gtest.h>

namespace tickcast::test {
namespace {

using Op = ClientMessage::Op;

ClientMessage message_of(std::string_view text) {
    auto message = parse_client_message(text);
    if (message) return *std::move(message);
    ADD_FAILURE() << "refused: " << text << ": " << message.error().error.detail;
    return {};
}

ClientMessageError error_of(std::string_view text) {
    auto const message = parse_client_message(text);
    if (!message) return message.error();
    ADD_FAILURE() << "accepted: " << text.substr(0, 100);
    return {};
}

ErrorCode code_of(std::string_view text) {
    return error_of(text).error.code;
}

std::string ping_with(std::string const& id) {
    return R"({"op":"ping","id":)" + id + '}';
}
std::string throttle_with(std::string const& ms) {
    return R"({"op":"throttle","ms":)" + ms + '}';
}

TEST(ClientMessage, WithTickers_GivesThemInWhateverOrderTheMembersAre) {
    auto const message = message_of(R"({"op":"subscribe","tickers":["AAPL","b\u0042"]})");
    EXPECT_EQ(message.op, Op::subscribe);
    EXPECT_EQ(message.op_name, "subscribe");
    EXPECT_EQ(message.tickers, (std::vector<std::string>{"AAPL", "bB"}));
    auto const turned = message_of(R"({"tickers":["A"],"op":"unsubscribe"})");
    EXPECT_EQ(turned.op, Op::unsubscribe);
    EXPECT_EQ(turned.tickers, (std::vector<std::string>{"A"}));
    EXPECT_TRUE(message_of(R"({"op":"subscribe","tickers":[]})").tickers.empty());
}

TEST(ClientMessage, WithThrottleAtTheEdges_AcceptsValuesInRange) {
    for (auto const ms : {0U, 1U, 250U, 59'999U, 60'000U}) {
        auto const message = message_of(throttle_with(std::to_string(ms)));
        EXPECT_EQ(message.op, Op::throttle);
        EXPECT_EQ(message.throttle_ms, ms);
    }
    EXPECT_EQ(message_of(throttle_with("55.0")).throttle_ms, 55U);
    EXPECT_EQ(message_of(throttle_with("5.5e1")).throttle_ms, 55U);
    for (auto const* bad : {"60001", "-1", "0.5", "250.5", "1e400", "99999999999999999999"}) {
        EXPECT_EQ(code_of(throttle_with(bad)), ErrorCode::bad_throttle) << bad;
    }
    EXPECT_EQ(error_of(throttle_with("60001")).error.limit, 60'000U);
    for (auto const* bad : {"null", "true", "\"250\"", "[]", "{}"}) {
        EXPECT_EQ(code_of(throttle_with(bad)), ErrorCode::invalid_type) << bad;
    }
}

// contract: OPS-4
TEST(ClientMessage, WithPingIds_KeepsThemAsJson) {
    EXPECT_EQ(message_of(R"({"op":"ping"})").id_json, "");
    for (auto const* good :
         {"1", "0", "-9223372036854775808", "18446744073709551615", "\"\"", "1.0", "1e2", "-5.5e1",
          "-0.0", "\"a\"", "\"\\\"\\\\\"", "\"\\u0001\"", "\"é\""}) {
        EXPECT_EQ(message_of(ping_with(good)).id_json, good);
    }
    for (auto const* bad : {"null", "true", "[]", "{}", "1.5", "1e-1", "1e19",
                            "18446744073709551616", "-9223372036854775809", "1e400"}) {
        EXPECT_EQ(code_of(ping_with(bad)), ErrorCode::invalid_type) << bad;
    }
}

TEST(ClientMessage, WithPingIdTextsAroundTheLimit_AcceptsSixtyFourBytes) {
    auto const text_of = [](std::size_t bytes) { return '"' + std::string(bytes, 'x') + '"'; };
    EXPECT_EQ(message_of(ping_with(text_of(63))).id_json, text_of(63));
    EXPECT_EQ(message_of(ping_with(text_of(64))).id_json, text_of(64));
    EXPECT_EQ(code_of(ping_with(text_of(65))), ErrorCode::invalid_type);
    auto const number_of = [](std::size_t bytes) { return "1." + std::string(bytes - 2, '0'); };
    EXPECT_EQ(message_of(ping_with(number_of(63))).id_json, number_of(63));
    EXPECT_EQ(message_of(ping_with(number_of(64))).id_json, number_of(64));
    EXPECT_EQ(code_of(ping_with(number_of(65))), ErrorCode::invalid_type);
}

TEST(ClientMessage, WithoutAnOp_IsInvalidTypeWithoutAName) {
    for (auto const* bad : {R"({})", R"({"op":1})", R"({"op":null})", R"({"op":["ping"]})",
                            R"({"tickers":["A"]})", R"({"x":1})", "[]", "1", "\"ping\"", "null"}) {
        auto const error = error_of(bad);
        EXPECT_EQ(error.error.code, ErrorCode::invalid_type) << bad;
        EXPECT_EQ(error.op_name, "") << bad;
    }
}

// contract: MSG-17
TEST(ClientMessage, WithUnknownOp_NamesItCutToItsLimit) {
    auto const error = error_of(R"({"op":"Subscribe","tickers":["A"],"x":1})");
    EXPECT_EQ(error.error.code, ErrorCode::unknown_op);
    EXPECT_EQ(error.op_name, "Subscribe");
    auto const name_of = [](std::string const& op) {
        return error_of(R"({"op":")" + op + "\"}").op_name;
    };
    EXPECT_EQ(name_of(std::string(64, 'x')), std::string(64, 'x'));
    EXPECT_EQ(name_of(std::string(65, 'x')), std::string(64, 'x'));
    // No character is cut in two, or our answer would not be UTF-8.
    EXPECT_EQ(name_of(std::string(63, 'x') + "é"), std::string(63, 'x'));
    EXPECT_EQ(name_of(std::string(62, 'x') + "é"), std::string(62, 'x') + "é");
}

TEST(ClientMessage, WithoutItsOpsMember_IsInvalidTypeWithTheOp) {
    for (auto const* op : {"subscribe", "unsubscribe", "throttle"}) {
        auto const error = error_of(std::string{R"({"op":")"} + op + "\"}");
        EXPECT_EQ(error.error.code, ErrorCode::invalid_type);
        EXPECT_EQ(error.op_name, op);
    }
    EXPECT_EQ(code_of(R"({"op":"subscribe","tickers":null})"), ErrorCode::invalid_type);
    EXPECT_EQ(code_of(R"({"op":"subscribe","tickers":"A"})"), ErrorCode::invalid_type);
    EXPECT_EQ(code_of(R"({"op":"subscribe","tickers":["A",1]})"), ErrorCode::invalid_type);
}

TEST(ClientMessage, WithAMemberThatItsOpHasNot_IsUnknownField) {
    for (auto const* bad : {R"({"op":"subscribe","tickers":["A"],"ms":1})",
                            R"({"op":"throttle","ms":1,"id":1})", R"({"op":"ping","tickers":[]})",
                            R"({"op":"ping","throttle_ms":1})", R"({"x":1,"op":"ping"})"}) {
        EXPECT_EQ(code_of(bad), ErrorCode::unknown_field) << bad;
    }
}

TEST(ClientMessage, WhenNoJson_IsInvalidJsonWithTheOpReadSoFar) {
    for (auto const* bad :
         {"", "{", "ping", "{\"op\":\"ping\"} x", "{\"op\":\"ping\",\"op\":\"ping\"}"}) {
        EXPECT_EQ(code_of(bad), ErrorCode::invalid_json) << bad;
    }
    EXPECT_EQ(error_of(R"({"op":"ping","id":)").op_name, "ping");
    EXPECT_EQ(code_of(std::string(100'000, '[')), ErrorCode::invalid_json);
}

TEST(FlatObject, WithMoreMembersThanAreKept_IsReadInLinearTimeAndMemory) {
    std::string text{"{"};
    for (int i = 0; i < 20'000; ++i)
        text += "\"m" + std::to_string(i) + "\":[\"x\"],";
    auto const object = read_flat_object(text + "\"last\":1}");
    EXPECT_FALSE(object.broken);
    EXPECT_EQ(object.members.size(), kMaxMembers);
    EXPECT_EQ(object.members.back().name, "m15");
    EXPECT_TRUE(std::holds_alternative<StringArray>(object.members.back().value));
    EXPECT_TRUE(read_flat_object(text).broken);
}

}  // namespace
}  // namespace tickcast::test
