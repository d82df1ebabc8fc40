#include "tickcast/model/quote.hpp"

#include <gtest/gtest.h>

namespace tickcast {
namespace {

Decimal decimal(char const* text) {
    return *Decimal::parse(text);
}

// contract: TIC-5
TEST(Quote, WhenUpdateLeavesMembersOut_KeepsThem) {
    Quote quote;
    quote.taken_in_us = 7;
    quote.sequence = 3;
    quote.merge({.last = decimal("1"), .last_size = decimal("2"), .source_time_us = 10});
    quote.merge({.bid = decimal("3"), .bid_size = decimal("4")});
    quote.merge({.last = decimal("9"), .ask = decimal("5"), .ask_size = decimal("6")});
    EXPECT_EQ(quote.last, decimal("9"));
    EXPECT_EQ(quote.last_size, decimal("2"));
    EXPECT_EQ(quote.bid, decimal("3"));
    EXPECT_EQ(quote.bid_size, decimal("4"));
    EXPECT_EQ(quote.ask, decimal("5"));
    EXPECT_EQ(quote.ask_size, decimal("6"));
    EXPECT_EQ(quote.source_time_us, 10);
    EXPECT_EQ(quote.taken_in_us, 7);
    EXPECT_EQ(quote.sequence, 3U);
}

TEST(QuoteMembers, EachOfAnUpdate_IsTakenOverAlone) {
    for (auto const& member : kQuoteMembers) {
        TickUpdate update;
        update.*member.of_update = decimal("7");
        Quote quote;
        quote.merge(update);
        for (auto const& other : kQuoteMembers) {
            auto const wanted = &other == &member ? std::optional{decimal("7")} : std::nullopt;
            EXPECT_EQ(quote.*other.of_quote, wanted) << member.name << ' ' << other.name;
        }
        EXPECT_FALSE(quote.source_time_us);
    }
}

TEST(QuoteMembers, SizesAlone_HaveNamesThatEndInZ) {
    for (auto const& member : kQuoteMembers) {
        EXPECT_EQ(member.is_size, member.name.ends_with('z')) << member.name;
        EXPECT_EQ(member.is_size, member.column.ends_with("_size")) << member.column;
    }
}

// contract: TIC-2
TEST(Quote, WhenUpdatesHaveNoSourceTime_HasThatOfTheNewestThatHadOne) {
    Quote quote;
    quote.merge({.last = decimal("1")});
    EXPECT_EQ(quote.source_time_us, std::nullopt);
    quote.merge({.last = decimal("2"), .source_time_us = 20});
    quote.merge({.last = decimal("3"), .source_time_us = 10});
    EXPECT_EQ(quote.source_time_us, 10) << "the newest tick's, not the latest time";
    quote.merge({.last = decimal("4")});
    EXPECT_EQ(quote.source_time_us, 10);
}

}  // namespace
}  // namespace tickcast
