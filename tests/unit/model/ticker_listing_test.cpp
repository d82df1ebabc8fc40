#include "tickcast/model/ticker_listing.hpp"

#include "tickcast/model/ticker_table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace tickcast {
namespace {

Ticker named(std::string const& text) {
    return *Ticker::parse(text);
}

/// Steps until all tickers known now are listed; returns the number of steps.
int list(TickerListing& listing, TickerTable const& table) {
    auto const wanted = table.known_count();
    int steps = 0;
    for (; !listing.covers(wanted); ++steps)
        listing.step();
    return steps;
}

TEST(TickerListing, WhenNothingIsKnown_IsAnEmptyList) {
    TickerTable const table{1};
    TickerListing listing{table};
    EXPECT_FALSE(listing.covers(0)) << "no text is no list";
    list(listing, table);
    EXPECT_EQ(listing.text(), R"({"tickers":[]})");
}

// contract: API-5
TEST(TickerListing, WhenMoreBecomeKnown_TheyAreSortedInByName) {
    TickerTable table{10};
    TickerListing listing{table};
    for (auto const* const name : {"M", "Z", "B"})
        ASSERT_TRUE(table.make_known(named(name)));
    auto const held = table.hold(std::vector{named("HELD")});
    list(listing, table);
    EXPECT_EQ(listing.text(), R"({"tickers":["B","M","Z"]})");
    EXPECT_EQ(list(listing, table), 0) << "it is kept";
    ASSERT_TRUE(table.make_known(named("A")));
    ASSERT_TRUE(table.make_known(named("HELD")));
    EXPECT_EQ(listing.text(), R"({"tickers":["B","M","Z"]})");
    list(listing, table);
    EXPECT_EQ(listing.text(), R"({"tickers":["A","B","HELD","M","Z"]})");
}

TEST(TickerListing, WhenTickersBecomeKnownInBetween_NoneIsLostAndTheTextIsWhole) {
    constexpr int kMany = 30'000;
    TickerTable table{kMany};
    TickerListing listing{table};
    int made = 0;
    auto const make = [&](int count) {
        for (; count > 0 && made < kMany; --count, ++made)
            ASSERT_TRUE(table.make_known(named("T" + std::to_string(made * 7'919 % kMany))));
    };
    make(20'000);
    auto const wanted = table.known_count();
    while (!listing.covers(wanted)) {
        listing.step();
        make(500);
    }
    make(kMany);
    list(listing, table);
    auto known = table.known_since(0, table.known_count());
    std::sort(known.begin(), known.end());
    std::string expected = "{\"tickers\":[";
    for (auto const& each : known)
        expected += (expected.back() == '[' ? "\"" : ",\"") + each.str() + '"';
    EXPECT_EQ(listing.text(), expected + "]}");
}

// contract: PSH-16
TEST(TickerListing, WhenAllOfALargeTableIsNew_ItIsListedInManySmallSteps) {
    constexpr int kMany = 100'000;
    TickerTable table{kMany};
    for (int i = 0; i < kMany; ++i)
        ASSERT_TRUE(table.make_known(named("EXCHANGE:LONG-NAME-" + std::to_string(i * 7))));
    TickerListing listing{table};
    EXPECT_GE(list(listing, table), 50);
}

}  // namespace
}  // namespace tickcast
