#include "api/tickers_query.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tickcast::test {
namespace {

using Names = std::vector<std::string>;

TEST(TickersQuery, WithNames_GivesThemAsTheyAre) {
    auto const names = parse_tickers_query("tickers=AAPL,brk.b%2C%5EGSPC");
    ASSERT_TRUE(names);
    EXPECT_EQ(*names, (Names{"AAPL", "brk.b", "^GSPC"}));
}

TEST(TickersQuery, WithEmptyNames_KeepsThemToBeRefused) {
    auto const names = parse_tickers_query("tickers=A,,B,");
    ASSERT_TRUE(names);
    EXPECT_EQ(*names, (Names{"A", "", "B", ""}));
}

// contract: REQ-12
TEST(TickersQuery, WithOtherParameters_IgnoresThem) {
    for (auto const* query : {"tickers=A&_=1732", "utm_source=x&tickers=A", "x&&tickers=A&",
                              "%zz=1&tickers=A", "tickers=A&x=%4", "=&tickers=A", "%74ickers=A"}) {
        auto const names = parse_tickers_query(query);
        ASSERT_TRUE(names) << query;
        EXPECT_EQ(*names, Names{"A"}) << query;
    }
}

// contract: VAL-3
TEST(TickersQuery, WithSignsOfTickers_TakesThemEncodedAndAPlusAsItIs) {
    auto const names = parse_tickers_query("tickers=M%26M,A+B,C%2BD,E%23F,G@H");
    ASSERT_TRUE(names);
    EXPECT_EQ(*names, (Names{"M&M", "A+B", "C+D", "E#F", "G@H"}));
}

TEST(TickersQuery, WhenMissingEmptyOrTwice_IsBadQuery) {
    for (auto const* bad : {"", "&", "tickers=", "tickers", "tickers=A&tickers=B", "ticker=A",
                            "tickers=%4", "%zz=A", "=A", "x=1&tickers="}) {
        auto const names = parse_tickers_query(bad);
        ASSERT_FALSE(names) << bad;
        EXPECT_EQ(names.error().code, ErrorCode::bad_query) << bad;
    }
}

}  // namespace
}  // namespace tickcast::test
