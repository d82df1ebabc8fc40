#include "tickcast/model/ticker_table.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace tickcast {
namespace {

Ticker ticker(std::string const& text) {
    return *Ticker::parse(text);
}

TEST(TickerTable, WhenInterned_GivesDenseStableIds) {
    TickerTable table{10};
    EXPECT_FALSE(table.find(ticker("AAPL")));
    EXPECT_EQ(table.intern(ticker("AAPL")), TickerId{0});
    EXPECT_EQ(table.intern(ticker("MSFT")), TickerId{1});
    EXPECT_EQ(table.intern(ticker("aapl")), TickerId{0});
    EXPECT_EQ(table.find(ticker("MSFT")), TickerId{1});
    EXPECT_EQ(table.name(TickerId{1}), ticker("MSFT"));
    EXPECT_EQ(table.size(), 2U);
    EXPECT_EQ(table.max_size(), 10U);
}

TEST(TickerTable, WhenFull_TakesNoNewOneButGivesThoseItHas) {
    TickerTable table{2};
    EXPECT_TRUE(table.intern(ticker("A")));
    EXPECT_TRUE(table.intern(ticker("B")));
    EXPECT_FALSE(table.intern(ticker("C")));
    EXPECT_EQ(table.intern(ticker("A")), TickerId{0});
    EXPECT_EQ(table.size(), 2U);
}

TEST(TickerTable, WhenInterningAll_TakesAllOrNone) {
    TickerTable table{4};
    EXPECT_TRUE(table.intern(ticker("A")));
    std::vector const four_new{ticker("B"), ticker("C"), ticker("D"), ticker("E")};
    EXPECT_FALSE(table.intern_all(four_new));
    EXPECT_EQ(table.size(), 1U);
    std::vector const three_new{ticker("B"), ticker("A"), ticker("B"), ticker("C"), ticker("D")};
    EXPECT_TRUE(table.intern_all(three_new));
    EXPECT_EQ(table.size(), 4U);
    EXPECT_TRUE(table.intern_all(three_new));
    EXPECT_EQ(table.find(ticker("D")), TickerId{3});
}

TEST(TickerTable, WhenOnlyAskedFor_IsNotKnown) {
    TickerTable table{10};
    auto const zebra = *table.intern(ticker("ZBRA"));
    auto const apple = *table.intern(ticker("AAPL"));
    table.intern(ticker("MSFT"));
    EXPECT_FALSE(table.is_known(apple));
    table.mark_known(zebra);
    table.mark_known(apple);
    table.mark_known(apple);
    EXPECT_TRUE(table.is_known(apple));
    EXPECT_EQ(table.known(), (std::vector{ticker("AAPL"), ticker("ZBRA")}));
}

TEST(TickerTable, WhenThreadsInternTheSame_AgreeOnIdsWithinTheBound) {
    TickerTable table{500};
    auto const intern_all = [&table] {
        for (int i = 0; i < 1000; ++i) {
            auto const id = table.intern(ticker("T" + std::to_string(i)));
            if (id) table.mark_known(*id);
        }
    };
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back(intern_all);
    for (auto& thread : threads)
        thread.join();
    ASSERT_EQ(table.size(), 500U);
    EXPECT_EQ(table.known().size(), 500U);
    for (std::uint32_t i = 0; i < 500; ++i) {
        EXPECT_EQ(table.find(table.name(TickerId{i})), TickerId{i});
    }
}

}  // namespace
}  // namespace tickcast
