#include "tickcast/protocol/tick_encoding.hpp"

#include "tickcast/model/quote.hpp"
#include "tickcast/model/ticker.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <limits>
#include <string>

namespace tickcast {
namespace {

TEST(TickEncodings, TickEncodingNamed_OfEachName_IsThatOfTheRow) {
    for (auto const& row : kTickEncodingTable)
        EXPECT_EQ(tick_encoding_named(row.name), row.value) << row.name;
}

TEST(TickEncodings, TickEncodingNamed_OfAnotherName_IsJson) {
    EXPECT_EQ(tick_encoding_named(""), TickEncoding::json);
    EXPECT_EQ(tick_encoding_named("JSON"), TickEncoding::json);
}

TEST(TickEncodings, Encode_WhenAllIsAsLongAsCanBe_FitsTheBound) {
    auto const ticker = Ticker::parse(std::string(Ticker::kMaxLength, '&'));
    Quote quote;
    quote.last = quote.bid = quote.ask = *Decimal::parse("-92233720368.54775807");
    quote.last_size = quote.bid_size = quote.ask_size = quote.last;
    quote.source_time_us = quote.taken_in_us = std::numeric_limits<std::int64_t>::min();
    quote.sequence = std::numeric_limits<std::uint64_t>::max();
    for (auto const& row : kTickEncodingTable) {
        std::array<char, kMaxTickSize> text{};
        EXPECT_LE(row.encode(*ticker, quote, text.data()), row.most_size) << row.name;
    }
}

}  // namespace
}  // namespace tickcast
