#include "feed/replay/csv_layout.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace tickcast {
namespace {

constexpr std::string_view kRest = ",ticker,bid,bid_size,ask,ask_size,last,last_size";

std::string layout_fault(std::string_view header) {
    auto const layout = CsvLayout::parse(header);
    EXPECT_FALSE(layout) << header;
    return layout ? "" : layout.error();
}

void expect_says(std::string_view header, std::string_view what) {
    auto const said = layout_fault(header);
    EXPECT_NE(said.find(what), std::string::npos) << header << ": " << said;
}

TEST(CsvLayout, WhenUsual_IsRecognisedInEachUnit) {
    for (auto const unit : kTimeUnits) {
        auto const layout = CsvLayout::parse(std::string{column_of(unit)} + std::string{kRest});
        ASSERT_TRUE(layout);
        EXPECT_EQ(layout->unit(), unit);
        EXPECT_TRUE(layout->usual());
        EXPECT_EQ(layout->name_of(CsvColumn::time), column_of(unit));
    }
    EXPECT_TRUE(CsvLayout::standard().usual());
    EXPECT_EQ(CsvLayout::standard().name_of(CsvColumn::ask_size), "ask_size");
}

// contract: RPL-12
TEST(CsvLayout, WhenQuotedPaddedOrInCapitals_IsTheSame) {
    for (std::string_view const header :
         {R"("ts_ns","ticker","bid","bid_size","ask","ask_size","last","last_size")",
          " ts_ns , ticker,bid\t,bid_size, ask,ask_size,last,\" last_size \"",
          "TS_NS,Ticker,Bid,Bid_Size,Ask,Ask_Size,Last,Last_Size",
          "ts_ns,ticker,bid,bid_size,ask,ask_size,last,last_size,,,"}) {
        auto const layout = CsvLayout::parse(header);
        ASSERT_TRUE(layout) << header << ": " << layout.error();
        EXPECT_TRUE(layout->usual()) << header;
    }
}

// contract: RPL-13
TEST(CsvLayout, WhenThereAreOtherColumns_TheyAreIgnored) {
    auto const layout = CsvLayout::parse(
        ",venue,venue,last,ts_s,ticker,bid,bid_size,ask,ask_size,"
        "last_size,#");
    ASSERT_TRUE(layout) << layout.error();
    EXPECT_FALSE(layout->usual());
    EXPECT_EQ(layout->size(), 12U);
    EXPECT_EQ((*layout)[0], CsvColumn::other);
    EXPECT_EQ((*layout)[3], CsvColumn::last);
    EXPECT_EQ((*layout)[4], CsvColumn::time);
    EXPECT_EQ((*layout)[11], CsvColumn::other);
}

// contract: RPL-13
TEST(CsvLayout, WhenColumnsAreMissing_NamesThem) {
    expect_says("ts_ns,ticker,bid,bid_size,ask,ask_size,last", "lacks the column last_size (");
    expect_says("ts_ns,ticker,bid,ask,last,last_size", "lacks the columns bid_size, ask_size (");
    expect_says("ticker,bid,bid_size,ask,ask_size,last,last_size",
                "lacks the column ts_ns (or ts_us, ts_ms, ts_s) (");
    expect_says("time,ticker,bid,bid_size,ask,ask_size,last,size",
                "lacks the columns ts_ns (or ts_us, ts_ms, ts_s), last_size (");
    expect_says("ts_ns,ticker,bid_sz,bid_size,ask,ask_size,last,last_size",
                "the first line is 'ts_ns,ticker,bid_sz,");
}

// contract: RPL-13
TEST(CsvLayout, WhenColumnsAreThereTwice_NamesThem) {
    expect_says("ts_ns,ticker,bid,bid_size,ask,ask_size,last,last_size,bid",
                "its column bid is there twice");
    expect_says("ts_ns,ticker,BID,bid_size,ask,ask_size,last,last_size,\"bid\"",
                "its column bid is there twice");
    expect_says("ts_ns,ts_ns,ticker,bid,bid_size,ask,ask_size,last,last_size",
                "its column ts_ns is there twice");
    expect_says("ts_ns,ts_us,ticker,bid,bid_size,ask,ask_size,last,last_size",
                "it has two columns of times, ts_ns and ts_us");
}

TEST(CsvLayout, WhenNoHeader_ShowsItsBeginningEscapedAndBounded) {
    expect_says("1700000000000000000,A,1,1,1,1,,", "the first line is '1700000000000000000,A,1");
    expect_says("", "the first line is ''");
    expect_says("# made by \"x\"\x01\xff", R"(the first line is '# made by \"x\"\x01\xff', not)");
    auto const said = layout_fault(std::string(10'000, 'x'));
    EXPECT_NE(said.find(std::string(80, 'x') + "...'"), std::string::npos) << said;
    EXPECT_LT(said.size(), 400U);
}

TEST(CsvLayout, WhenSeparatedByAnotherCharacter_NamesIt) {
    expect_says("ts_ns;ticker;bid;bid_size;ask;ask_size;last;last_size", "separated by ';'");
    expect_says("ts_ns\tticker\tbid\tbid_size\task\task_size\tlast\tlast_size",
                "separated by tabs");
    expect_says("\"ts_ns\"|\"ticker\"|\"bid\"|bid_size|ask|ask_size|last|last_size",
                "separated by '|'");
    expect_says("ts_ns,ticker,bid,bid_size,ask,ask_size,last,last_size\r1,A,1,1,1,1,1,1",
                "CR alone");
}

}  // namespace
}  // namespace tickcast
