#include "net/target.hpp"

#include <gtest/gtest.h>

namespace tickcast::test {
namespace {

using Names = std::vector<std::string>;

TEST(SplitTarget, WithQuery_SplitsAtTheFirstQuestionMark) {
    auto const target = split_target("/v1/quotes?a=b?c");
    EXPECT_EQ(target.path, "/v1/quotes");
    EXPECT_EQ(target.query, "a=b?c");
}

TEST(SplitTarget, WithAbsoluteForm_LeavesOutSchemeAndAuthority) {
    EXPECT_EQ(split_target("http://example.com:8080/v1/tickers?x").path, "/v1/tickers");
    EXPECT_EQ(split_target("HTTPS://example.com").path, "/");
    EXPECT_EQ(split_target("http://example.com?x=1").path, "/");
    EXPECT_EQ(split_target("http://example.com?x=1").query, "x=1");
}

TEST(PercentDecode, WithBadEscapes_GivesNothing) {
    EXPECT_EQ(percent_decode("A%2cB%2C"), "A,B,");
    EXPECT_EQ(percent_decode(""), "");
    for (auto const* bad : {"%", "A%2", "%G0", "%0G", "%%41"}) {
        EXPECT_FALSE(percent_decode(bad).has_value()) << bad;
    }
}

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

TEST(TickersQuery, WhenMissingEmptyTwiceOrOther_IsBadQuery) {
    for (auto const* bad : {"", "&", "tickers=", "tickers", "tickers=A&tickers=B", "ticker=A",
                            "tickers=A&x=1", "tickers=%4", "%zz=A", "=A"}) {
        auto const names = parse_tickers_query(bad);
        ASSERT_FALSE(names) << bad;
        EXPECT_EQ(names.error().code, ErrorCode::bad_query) << bad;
    }
}

}  // namespace
}  // namespace tickcast::test
