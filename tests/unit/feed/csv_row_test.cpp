#include "tickcast/feed/csv_row.hpp"

#include "support.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>

namespace tickcast {
namespace {

using test::decimal;

std::optional<RejectReason> reason(std::string_view line) {
    auto const row = parse_csv_row(line);
    if (row) return std::nullopt;
    return row.error().reason;
}

TEST(CsvRow, WhenQuote_HasBidAndAskAndNoLast) {
    auto const row =
        parse_csv_row("1723161257041058665,btcusdt,61824.00000000,0.26570000,61824.01,5.19817,,");
    ASSERT_TRUE(row);
    EXPECT_EQ(row->ts_ns, 1723161257041058665);
    EXPECT_EQ(row->ticker.view(), "BTCUSDT");
    EXPECT_EQ(row->update.bid, decimal("61824"));
    EXPECT_EQ(row->update.bid_size, decimal("0.2657"));
    EXPECT_EQ(row->update.ask, decimal("61824.01"));
    EXPECT_EQ(row->update.ask_size, decimal("5.19817"));
    EXPECT_FALSE(row->update.last);
    EXPECT_FALSE(row->update.last_size);
    EXPECT_EQ(row->update.source_time_us, 1723161257041058);
}

TEST(CsvRow, WhenTrade_HasOnlyLast) {
    auto const row = parse_csv_row("1999,A,,,,,-1.5,7");
    ASSERT_TRUE(row);
    EXPECT_EQ(row->update.last, decimal("-1.5"));
    EXPECT_EQ(row->update.last_size, decimal("7"));
    EXPECT_FALSE(row->update.bid);
    EXPECT_FALSE(row->update.ask_size);
    EXPECT_EQ(row->update.source_time_us, 1);
}

TEST(CsvRow, WhenOneValueIsThere_IsARow) {
    for (auto const* const line : {"1,A,1,,,,,", "1,A,,1,,,,", "1,A,,,1,,,", "1,A,,,,1,,",
                                   "1,A,,,,,1,", "1,A,,,,,,1", "1,A,,,,,,0", "0,A,0,,,,,"}) {
        EXPECT_TRUE(parse_csv_row(line)) << line;
    }
}

TEST(CsvRow, WhenMalformed_IsSyntax) {
    for (auto const* const line : {"",
                                   "junk",
                                   "1,A,1,1,1,1,1",
                                   "1,A,1,1,1,1,1,1,1",
                                   "1,A,1,1,1,1,1,1,",
                                   ",A,1,,,,,",
                                   "x,A,1,,,,,",
                                   "1.5,A,1,,,,,",
                                   "1x,A,1,,,,,",
                                   "+1,A,1,,,,,",
                                   " 1,A,1,,,,,",
                                   "1,A,,,,,,",
                                   "1,A,NaN,,,,,",
                                   "1,A,inf,,,,,",
                                   "1,A,1, ,,,,",
                                   "1,A, 1,,,,,",
                                   "1,A,0x1,,,,,",
                                   "1,A,\"1\",,,,,",
                                   "1,A,1.,,,,,",
                                   "1,A,1;2,,,,,",
                                   "1e9,A,1,,,,,",
                                   "ts_ns,ticker,bid,bid_size,ask,ask_size,last,last_size"}) {
        EXPECT_EQ(reason(line), RejectReason::syntax) << line;
    }
}

TEST(CsvRow, WhenTickerIsIllFormed_IsTicker) {
    EXPECT_EQ(reason("1,,1,,,,,"), RejectReason::ticker);
    EXPECT_EQ(reason("1,A B,1,,,,,"), RejectReason::ticker);
    EXPECT_EQ(reason("1,ABCDEFGHIJKLMNOPQ,1,,,,,"), RejectReason::ticker);
    EXPECT_EQ(reason("1,ABCDEFGHIJKLMNOP,1,,,,,"), std::nullopt);
}

TEST(CsvRow, WhenValueCannotBeHeld_IsRange) {
    EXPECT_EQ(reason("1,A,1.123456789,,,,,"), RejectReason::range);
    EXPECT_EQ(reason("1,A,,,,,1e400,"), RejectReason::range);
    EXPECT_EQ(reason("1,A,1,-1,,,,"), RejectReason::range);
    EXPECT_EQ(reason("1,A,,,1,-0.00000001,,"), RejectReason::range);
    EXPECT_EQ(reason("1,A,,,,,1,-5"), RejectReason::range);
    EXPECT_EQ(reason("1,A,1,-0,,,,"), std::nullopt);
    EXPECT_EQ(reason("-1,A,1,,,,,"), RejectReason::range);
    EXPECT_EQ(reason("9223372036854775807,A,1,,,,,"), std::nullopt);
    EXPECT_EQ(reason("9223372036854775808,A,1,,,,,"), RejectReason::range);
}

}  // namespace
}  // namespace tickcast
