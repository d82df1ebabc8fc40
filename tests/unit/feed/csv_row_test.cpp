#include "feed/replay/csv_row.hpp"

#include "support.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <random>
#include <string>
#include <string_view>

namespace tickcast {
namespace {

using test::decimal;

/// A row with a valid time.
std::string timed(std::string const& rest) {
    return std::to_string(test::kStartNs) + "," + rest;
}

std::optional<RejectReason> reason(std::string_view line) {
    auto const row = parse_csv_row(line);
    if (row) return std::nullopt;
    return row.error().reason;
}

CsvLayout layout(std::string_view header) {
    auto parsed = CsvLayout::parse(header);
    EXPECT_TRUE(parsed) << (parsed ? "" : parsed.error());
    return parsed ? *std::move(parsed) : CsvLayout::standard();
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

// contract: RPL-3
TEST(CsvRow, WhenTrade_HasOnlyLast) {
    auto const row = parse_csv_row("1700000000000001999,A,,,,,-1.5,7");
    ASSERT_TRUE(row);
    EXPECT_EQ(row->update.last, decimal("-1.5"));
    EXPECT_EQ(row->update.last_size, decimal("7"));
    EXPECT_FALSE(row->update.bid);
    EXPECT_FALSE(row->update.ask_size);
    EXPECT_EQ(row->update.source_time_us, 1'700'000'000'000'001);
}

TEST(CsvRow, WhenOneValueIsThere_IsARow) {
    for (auto const* const rest : {"A,1,,,,,", "A,,1,,,,", "A,,,1,,,", "A,,,,1,,", "A,,,,,1,",
                                   "A,,,,,,1", "A,,,,,,0", "A,0,,,,,"}) {
        EXPECT_TRUE(parse_csv_row(timed(rest))) << rest;
    }
}

TEST(CsvRow, WhenMalformed_IsSyntax) {
    for (auto const* const rest :
         {"A,1,1,1,1,1", "A,1,1,1,1,1,1,1", "A,,,,,,", "A,NaN,,,,,", "A,inf,,,,,", "A,0x1,,,,,",
          "A,1.,,,,,", "A,1;2,,,,,", "A,1 2,,,,,", "A,\"1\"2,,,,,", "A,\"1,,,,,", "A,\"\"\"\",,,,,",
          "A,\"\",,,,,", "A,1\",,,,,"}) {
        EXPECT_EQ(reason(timed(rest)), RejectReason::syntax) << rest;
    }
    for (auto const* const line :
         {"", "junk", ",A,1,,,,,", "x,A,1,,,,,", "1x,A,1,,,,,", "+1,A,1,,,,,", "1e18,A,1,,,,,",
          "1.x,A,1,,,,,", "1.,A,1,,,,,", ".5,A,1,,,,,", "2023-11-14T22:13:20Z,A,1,,,,,",
          "ts_ns,ticker,bid,bid_size,ask,ask_size,last,last_size", "# a comment,A,1,,,,,"}) {
        EXPECT_EQ(reason(line), RejectReason::syntax) << line;
    }
}

TEST(CsvRow, WhenTickerIsIllFormed_IsTicker) {
    EXPECT_EQ(reason(timed(",1,,,,,")), RejectReason::ticker);
    EXPECT_EQ(reason(timed("A B,1,,,,,")), RejectReason::ticker);
    EXPECT_EQ(reason(timed("\"A\"\"B\",1,,,,,")), RejectReason::ticker);
    EXPECT_EQ(reason(timed(std::string(Ticker::kMaxLength + 1, 'A') + ",1,,,,,")),
              RejectReason::ticker);
    EXPECT_EQ(reason(timed(std::string(Ticker::kMaxLength, 'A') + ",1,,,,,")), std::nullopt);
}

TEST(CsvRow, WhenValueCannotBeHeld_IsRange) {
    EXPECT_EQ(reason(timed("A,1.123456789,,,,,")), RejectReason::range);
    EXPECT_EQ(reason(timed("A,,,,,1e400,")), RejectReason::range);
    EXPECT_EQ(reason(timed("A,1,-1,,,,")), RejectReason::range);
    EXPECT_EQ(reason(timed("A,,,1,-0.00000001,,")), RejectReason::range);
    EXPECT_EQ(reason(timed("A,,,,,1,-5")), RejectReason::range);
    EXPECT_EQ(reason(timed("A,1,-0,,,,")), std::nullopt);
}

// contract: RPL-15
TEST(CsvRow, WhenTimeIsOutside1990To2100_IsRange) {
    EXPECT_EQ(reason("631152000000000000,A,1,,,,,"), std::nullopt);
    EXPECT_EQ(reason("631151999999999999,A,1,,,,,"), RejectReason::range);
    EXPECT_EQ(reason("4133980799999999999,A,1,,,,,"), std::nullopt);
    EXPECT_EQ(reason("4133980800000000000,A,1,,,,,"), RejectReason::range);
    for (auto const* const time : {"0", "-1", "-0.5", "9223372036854775807", "9223372036854775808",
                                   "-9223372036854775809", "99999999999999999999999"}) {
        EXPECT_EQ(reason(time + std::string{",A,1,,,,,"}), RejectReason::range) << time;
    }
}

// contract: RPL-14
TEST(CsvRow, WhenUnitIsAnother_TimeIsExactToTheNanosecond) {
    auto const time = [](std::string const& column, std::string const& text) {
        auto const row =
            parse_csv_row(text + ",A,1,,,,,",
                          layout(column + ",ticker,bid,bid_size,ask,ask_size,last,last_size"));
        return row ? row->ts_ns : 0;
    };
    EXPECT_EQ(time("ts_us", "1700000000123456"), 1'700'000'000'123'456'000);
    EXPECT_EQ(time("ts_us", "1700000000123456.789"), 1'700'000'000'123'456'789);
    EXPECT_EQ(time("ts_ms", "1700000000123"), 1'700'000'000'123'000'000);
    EXPECT_EQ(time("ts_ms", "1700000000123.000001"), 1'700'000'000'123'000'001);
    EXPECT_EQ(time("ts_s", "1700000000"), 1'700'000'000'000'000'000);
    EXPECT_EQ(time("ts_s", "1700000000.123"), 1'700'000'000'123'000'000);
    EXPECT_EQ(time("ts_s", "1700000000.1234567899"), 1'700'000'000'123'456'789);
    EXPECT_EQ(time("ts_ns", "1700000000123456789.9"), 1'700'000'000'123'456'789);
    EXPECT_EQ(time("ts_s", "4133980799.999999999"), kLatestSourceNs);
    EXPECT_EQ(time("ts_s", "4133980800"), 0);
    EXPECT_EQ(time("ts_s", "9223372036.854775808"), 0) << "past an int64 of nanoseconds";
    EXPECT_EQ(time("ts_s", "9223372036854775807.9"), 0);
    EXPECT_EQ(time("ts_s", "1700000000123456789"), 0);
}

// contract: RPL-7 RPL-14
TEST(CsvRow, WhenUnitIsAnother_SourceTimeIsMicrosecondsRoundedDown) {
    auto const row = parse_csv_row("1700000000.1234569,A,1,,,,,",
                                   layout("ts_s,ticker,bid,bid_size,ask,ask_size,last,last_size"));
    ASSERT_TRUE(row);
    EXPECT_EQ(row->update.source_time_us, 1'700'000'000'123'456);
}

// contract: RPL-11 RPL-12
TEST(CsvRow, WhenFieldsAreQuotedOrHaveBlanks_ValuesAreThose) {
    for (auto const* const line :
         {"1700000000000000000,A,1.5,2,,,,", "\"1700000000000000000\",\"A\",\"1.5\",\"2\",,,,\"\"",
          " 1700000000000000000 ,\tA , 1.5,2  , , ,,\t",
          "  \"1700000000000000000\"  , \" A \" ,1.5,2,,,,", "1700000000000000000,A,1.5,2,,,,,,,",
          "1700000000000000000,A,1.5,2,,,,, , \"\""}) {
        auto const row = parse_csv_row(line);
        ASSERT_TRUE(row) << line << ": " << row.error().what;
        EXPECT_EQ(row->ts_ns, test::kStartNs) << line;
        EXPECT_EQ(row->ticker.view(), "A") << line;
        EXPECT_EQ(row->update.bid, decimal("1.5")) << line;
        EXPECT_EQ(row->update.bid_size, decimal("2")) << line;
        EXPECT_FALSE(row->update.ask) << line;
    }
}

// contract: RPL-13
TEST(CsvRow, WhenColumnsAreInAnotherOrderAndMore_ValuesAreTheirs) {
    auto const columns = layout(
        "venue,\"last_size\", Last ,note,ASK_SIZE,ask,bid_size,bid,ticker,ts_ms,\"a \"\"b\"\"\"");
    auto const row =
        parse_csv_row("X,6,5,\"a, \"\"quoted\"\"\nnote\",4,3,2,1,AAA,1700000000123,x", columns);
    ASSERT_TRUE(row) << row.error().what;
    EXPECT_EQ(row->ticker.view(), "AAA");
    EXPECT_EQ(row->update.bid, decimal("1"));
    EXPECT_EQ(row->update.bid_size, decimal("2"));
    EXPECT_EQ(row->update.ask, decimal("3"));
    EXPECT_EQ(row->update.ask_size, decimal("4"));
    EXPECT_EQ(row->update.last, decimal("5"));
    EXPECT_EQ(row->update.last_size, decimal("6"));
    EXPECT_EQ(row->update.source_time_us, 1'700'000'000'123'000);
    EXPECT_FALSE(parse_csv_row("X,6,5,n,4,3,2,1,AAA,1700000000123", columns)) << "a field short";
    EXPECT_FALSE(parse_csv_row("X,6,5,n,4,3,2,1,AAA,1700000000123,x,y", columns)) << "one more";
}

TEST(CsvRow, WhenBad_NamesTheColumnAndWhatWasFound) {
    auto const line = timed("A,1,2,3,-4,,");
    auto const row = parse_csv_row(line);
    ASSERT_FALSE(row);
    EXPECT_EQ(row.error().column, CsvColumn::ask_size);
    EXPECT_EQ(row.error().found, "-4");
    EXPECT_STREQ(row.error().what, "a negative size");
    auto const open = timed("\"A,1,2,3,4,,");
    auto const fault = parse_csv_row(open);
    ASSERT_FALSE(fault);
    EXPECT_TRUE(fault.error().open_quote);
    EXPECT_EQ(fault.error().found, open);
}

/// A row that both parsers accept must have the same values; no input may crash.
TEST(CsvRow, WhenRowsAreMutatedAtRandom_NeverCrashesAndQuotesChangeNothing) {
    std::mt19937 random{14};
    auto const any = [&random](std::size_t below) {
        return std::uniform_int_distribution<std::size_t>{0, below - 1}(random);
    };
    constexpr std::string_view kBytes = "0123456789.,\"\"\"- \t\neE+AZ#\0\xff";
    auto const mixed = layout("x,ts_s,last,last_size,ask,\"ask_size\",bid,bid_size,ticker,y");
    std::size_t good = 0;
    for (int i = 0; i < 50'000; ++i) {
        std::string line = any(2) == 0 ? "1700000000123456789,BTCUSDT,61824.01,0.2657,61824.02,5,,"
                                       : "1700000000000000000,\"A\", 1.5 ,2,,,\"3\",\"\"";
        for (auto changes = any(4); changes > 0; --changes) {
            auto const at = any(line.size());
            auto const byte = kBytes[any(kBytes.size())];
            if (any(3) == 0) {
                line.erase(at, 1);
            } else if (any(2) == 0) {
                line[at] = byte;
            } else {
                line.insert(at, 1, byte);
            }
        }
        auto const row = parse_csv_row(line);
        static_cast<void>(parse_csv_row(line, mixed));
        static_cast<void>(whole_time_of(line, mixed));
        if (!row) continue;
        ++good;
        auto const spaced = parse_csv_row(" " + line);
        ASSERT_TRUE(spaced) << line;
        ASSERT_EQ(spaced->ts_ns, row->ts_ns) << line;
        ASSERT_EQ(spaced->update.bid, row->update.bid) << line;
        ASSERT_EQ(spaced->update.last_size, row->update.last_size) << line;
        ASSERT_TRUE(plausible_source_time(row->ts_ns)) << line;
    }
    EXPECT_GT(good, 5'000U);
}

}  // namespace
}  // namespace tickcast
