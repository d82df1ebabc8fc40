#include "tickcast/model/ticker_table.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace tickcast {
namespace {

using Tickers = std::vector<Ticker>;

Ticker ticker(std::string const& text) {
    return *Ticker::parse(text);
}

TEST(TickerTable, WhenMadeKnown_GivesDenseStableIds) {
    TickerTable table{10};
    EXPECT_FALSE(table.find_known(ticker("AAPL")));
    EXPECT_EQ(table.make_known(ticker("AAPL")), TickerId{0});
    EXPECT_EQ(table.make_known(ticker("MSFT")), TickerId{1});
    EXPECT_EQ(table.make_known(ticker("aapl")), TickerId{0});
    EXPECT_EQ(table.find_known(ticker("MSFT")), TickerId{1});
    EXPECT_EQ(table.name(TickerId{1}), ticker("MSFT"));
    EXPECT_EQ(table.size(), 2U);
    EXPECT_EQ(table.max_size(), 10U);
}

TEST(TickerTable, WhenFull_AddsNoNewTickerButGivesThoseItHas) {
    TickerTable table{2};
    EXPECT_TRUE(table.make_known(ticker("A")));
    EXPECT_TRUE(table.make_known(ticker("B")));
    EXPECT_FALSE(table.make_known(ticker("C")));
    EXPECT_FALSE(table.hold(Tickers{ticker("C")}));
    EXPECT_EQ(table.make_known(ticker("A")), TickerId{0});
    EXPECT_TRUE(table.hold(Tickers{ticker("A"), ticker("B")}));
    EXPECT_EQ(table.size(), 2U);
}

TEST(TickerTable, WhenMakingAllKnown_AddsAllOrNone) {
    TickerTable table{4};
    EXPECT_TRUE(table.make_known(ticker("A")));
    EXPECT_FALSE(table.make_all_known(Tickers{ticker("B"), ticker("C"), ticker("D"), ticker("E")}));
    EXPECT_EQ(table.size(), 1U);
    Tickers const three_new{ticker("B"), ticker("A"), ticker("B"), ticker("C"), ticker("D")};
    EXPECT_TRUE(table.make_all_known(three_new));
    EXPECT_EQ(table.size(), 4U);
    EXPECT_TRUE(table.make_all_known(three_new));
    EXPECT_EQ(table.find_known(ticker("D")), TickerId{3});
}

// contract: API-28 LIM-7
TEST(TickerTable, WhenOnlyHeld_IsNotKnownAndGoesWithItsLastHold) {
    TickerTable table{2};
    table.make_known(ticker("KNOWN"));
    auto first = table.hold(Tickers{ticker("ASKED"), ticker("KNOWN")});
    ASSERT_TRUE(first);
    EXPECT_FALSE(table.find_known(ticker("ASKED")));
    EXPECT_EQ(table.known_since(0, 9), Tickers{ticker("KNOWN")});
    {
        auto const second = first->clone();
        EXPECT_EQ(second, *first);
        first.reset();
        EXPECT_EQ(table.size(), 2U) << "somebody still holds it";
        EXPECT_EQ(table.name(second.ids()[0]), ticker("ASKED"));
    }
    EXPECT_EQ(table.size(), 1U);
    auto const other = table.hold(Tickers{ticker("OTHER")});
    ASSERT_TRUE(other);
    EXPECT_EQ(other->ids()[0], TickerId{1}) << "the id is given on";
    EXPECT_EQ(table.name(TickerId{1}), ticker("OTHER"));
}

TEST(TickerTable, WhenAHeldTickerBecomesKnown_StaysAfterItsLastHold) {
    TickerTable table{2};
    auto held = table.hold(Tickers{ticker("A")});
    ASSERT_TRUE(held);
    EXPECT_EQ(table.make_known(ticker("A")), held->ids()[0]);
    held.reset();
    EXPECT_EQ(table.known_since(0, 9), Tickers{ticker("A")});
}

TEST(TickerTable, Hold_WhereNotAllFit_HoldsNone) {
    TickerTable table{2};
    EXPECT_FALSE(table.hold(Tickers{ticker("A"), ticker("B"), ticker("C")}));
    EXPECT_EQ(table.size(), 0U);
    auto const both = table.hold(Tickers{ticker("A"), ticker("B")});
    EXPECT_TRUE(both);
    EXPECT_EQ(table.size(), 2U);
}

TEST(TickerTable, WhenTickersAreClaimed_TheyDoNotCountUntilAllArePlaced) {
    TickerTable table{3};
    std::vector<TickerId> ids;
    EXPECT_TRUE(table.claim(Tickers{ticker("X"), ticker("Y"), ticker("Z")}, ids));
    EXPECT_EQ(table.size(), 0U);
    EXPECT_FALSE(table.find_known(ticker("X")));
    {
        auto const asked = table.hold(Tickers{ticker("A"), ticker("B"), ticker("X")});
        EXPECT_TRUE(asked) << "all places are free";
        EXPECT_EQ(table.size(), 3U);
        EXPECT_FALSE(table.add_claimed()) << "X has one; there are none for Y and Z";
    }
    EXPECT_EQ(table.size(), 1U) << "X is still held";
    ASSERT_TRUE(table.add_claimed());
    EXPECT_EQ(table.size(), 3U);
    EXPECT_FALSE(table.make_known(ticker("A")));
    table.make_known(ids);
    EXPECT_EQ(table.known_since(0, 9), (Tickers{ticker("X"), ticker("Y"), ticker("Z")}));
    EXPECT_EQ(table.known_count(), 3U);
    table.release(ids);
    EXPECT_EQ(table.size(), 3U);
}

TEST(TickerTable, WhenMoreAreClaimedThanFit_RefusesAndGivesThemBack) {
    TickerTable table{3};
    auto const held = table.hold(Tickers{ticker("A"), ticker("B")});
    std::vector<TickerId> ids;
    EXPECT_TRUE(table.claim(Tickers{ticker("A"), ticker("X")}, ids)) << "A is there";
    EXPECT_FALSE(table.claim(Tickers{ticker("Y")}, ids));
    EXPECT_FALSE(table.add_claimed());
    EXPECT_EQ(ids.size(), 3U);
    table.release(ids);
    EXPECT_EQ(table.size(), 2U);
    ids.clear();
    EXPECT_TRUE(table.claim(Tickers{ticker("Y")}, ids)) << "the next claim begins with none";
    EXPECT_TRUE(table.add_claimed());
    table.release(ids);
    EXPECT_EQ(table.size(), 2U) << "placed, and not made known";
}

TEST(TickerTable, WhenAClaimedTickerIsAddedByOthers_ItIsTheSameForBoth) {
    TickerTable table{2};
    std::vector<TickerId> ids;
    ASSERT_TRUE(table.claim(Tickers{ticker("X"), ticker("Y")}, ids));
    EXPECT_EQ(table.make_known(ticker("X")), ids[0]);
    EXPECT_EQ(table.size(), 1U);
    auto held = table.hold(Tickers{ticker("Y")});
    ASSERT_TRUE(held);
    EXPECT_EQ(held->ids()[0], ids[1]);
    EXPECT_FALSE(table.hold(Tickers{ticker("Z")})) << "no place is counted twice";
    EXPECT_TRUE(table.add_claimed()) << "both have theirs";
    table.release(ids);
    held.reset();
    EXPECT_EQ(table.size(), 1U);
    EXPECT_EQ(table.known_since(0, 9), Tickers{ticker("X")});
}

TEST(TickerTable, WhenNamesDifferAnywhere_AllAreFoundAgain) {
    TickerTable table{5'000};
    std::vector<std::string> names;
    for (int i = 0; i < 2'500; ++i) {
        names.push_back("LONGPREFIX" + std::to_string(i));
        names.push_back(std::to_string(i) + "-END");
    }
    for (auto const& name : names)
        ASSERT_TRUE(table.make_known(ticker(name)));
    for (std::uint32_t i = 0; i < names.size(); ++i)
        EXPECT_EQ(table.find_known(ticker(names[i])), TickerId{i});
    EXPECT_EQ(table.known_count(), names.size());
}

// contract: API-20
TEST(TickerHold, Change_RemovesThenAddsAndHoldsEachOnce) {
    TickerTable table{8};
    auto hold = *table.hold(Tickers{ticker("A"), ticker("B"), ticker("C")});
    auto const ids = hold.ids();
    hold.change(std::vector{ids[0], TickerId{99}}, *table.hold(Tickers{ticker("C"), ticker("D")}));
    ASSERT_EQ(hold.size(), 3U);
    EXPECT_EQ(table.name(hold.ids()[0]), ticker("B"));
    EXPECT_EQ(table.name(hold.ids()[1]), ticker("C"));
    EXPECT_EQ(table.name(hold.ids()[2]), ticker("D"));
    EXPECT_EQ(table.size(), 3U) << "A is gone";
    hold.change(hold.clone().ids(), {});
    EXPECT_EQ(table.size(), 0U) << "C was held once for all its mentions";
}

TEST(TickerHold, Change_DoesNotChangeClones) {
    TickerTable table{10};
    auto hold = *table.hold(std::vector{*Ticker::parse("A"), *Ticker::parse("B")});
    auto const a = hold.ids()[0];
    auto clone = std::optional{hold.clone()};
    hold.change({&a, 1}, {});
    EXPECT_EQ(hold.size(), 1U);
    EXPECT_EQ(clone->ids()[0], a);
    EXPECT_EQ(table.size(), 2U) << "the clone holds it still";
    clone.reset();
    EXPECT_EQ(table.size(), 1U);
}

TEST(TickerHold, WhenThreadsCloneAndDropOne_ItGoesWithTheLast) {
    TickerTable table{10};
    auto hold = std::optional{*table.hold(std::vector{*Ticker::parse("A")})};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([mine = hold->clone()] {
            for (int round = 0; round < 1000; ++round)
                EXPECT_EQ(mine.clone().size(), 1U);
        });
    }
    hold.reset();
    for (auto& thread : threads)
        thread.join();
    threads.clear();
    EXPECT_EQ(table.size(), 0U);
}

TEST(TickerTable, WhenThreadsHoldAndMakeTheSame_AgreeOnIdsWithinTheBound) {
    TickerTable table{500};
    auto const make_all = [&table] {
        for (int i = 0; i < 1000; ++i) {
            auto const name = ticker("T" + std::to_string(i));
            auto const held = table.hold(Tickers{name, ticker("X" + std::to_string(i % 7))});
            auto const id = table.make_known(name);
            if (held && id) {
                EXPECT_EQ(held->ids()[0], *id);
            }
        }
    };
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back(make_all);
    for (auto& thread : threads)
        thread.join();
    EXPECT_EQ(table.size(), table.known_count()) << "what was only held is gone";
    EXPECT_GT(table.size(), 490U);
    EXPECT_LE(table.size(), 500U);
    for (auto const& known : table.known_since(0, 500)) {
        EXPECT_EQ(table.name(*table.find_known(known)), known);
    }
}

}  // namespace
}  // namespace tickcast
