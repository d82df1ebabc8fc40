#include "tickcast/protocol/tick_json.hpp"

#include "tickcast/model/quote.hpp"
#include "tickcast/model/ticker.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <limits>
#include <string>

namespace tickcast {
namespace {

Decimal decimal(char const* text) {
    return *Decimal::parse(text);
}

std::string encoded(char const* ticker, Quote const& quote) {
    std::array<char, kMaxTickJson> text{};
    auto const size = encode_tick_json(*Ticker::parse(ticker), quote, text.data());
    return {text.data(), size};
}

// contract: TIC-1
TEST(EncodeTickJson, WhenAllIsKnown_HasMembersInOrder) {
    Quote quote;
    quote.last = decimal("189.34");
    quote.bid = decimal("189.33");
    quote.ask = decimal("189.35");
    quote.last_size = decimal("100");
    quote.bid_size = decimal("3");
    quote.ask_size = decimal("0.5");
    quote.source_time_us = 1764000000123456;
    quote.taken_in_us = 1764000000123999;
    quote.sequence = 42;
    EXPECT_EQ(encoded("AAPL", quote),
              R"({"s":"AAPL","p":189.34,"b":189.33,"a":189.35,"z":100,"bz":3,"az":0.5,)"
              R"("x":1764000000123456,"t":1764000000123999,"n":42})");
}

// contract: TIC-6 TIC-7
TEST(EncodeTickJson, WhenNothingIsKnown_HasOnlyTheConstantMembers) {
    Quote quote;
    quote.taken_in_us = 5;
    quote.sequence = 1;
    EXPECT_EQ(encoded("BRK.B", quote), R"({"s":"BRK.B","t":5,"n":1})");
}

// contract: VAL-9
TEST(EncodeTickJson, WhenPriceIsZeroOrNegative_IsWritten) {
    Quote quote;
    quote.last = decimal("0");
    quote.bid = decimal("-37.63");
    quote.source_time_us = 0;
    EXPECT_EQ(encoded("CL=F", quote), R"({"s":"CL=F","p":0,"b":-37.63,"x":0,"t":0,"n":0})");
}

TEST(EncodeTickJson, WhenAllIsAsLongAsCanBe_FitsTheBound) {
    Quote quote;
    auto const longest = decimal("-92233720368.54775807");
    quote.last = quote.bid = quote.ask = longest;
    quote.last_size = quote.bid_size = quote.ask_size = longest;
    quote.source_time_us = std::numeric_limits<std::int64_t>::min();
    quote.taken_in_us = std::numeric_limits<std::int64_t>::min();
    quote.sequence = std::numeric_limits<std::uint64_t>::max();
    auto const text = encoded("ABCDEFGHIJKLMNOP", quote);
    EXPECT_LE(text.size(), kMaxTickJson);
    EXPECT_TRUE(text.ends_with(R"("t":-9223372036854775808,"n":18446744073709551615})")) << text;
}

}  // namespace
}  // namespace tickcast
