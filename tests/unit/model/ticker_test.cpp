#include "tickcast/model/ticker.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace tickcast {
namespace {

TEST(Ticker, WhenLengthIsWithinBounds_IsAccepted) {
    EXPECT_FALSE(Ticker::parse(""));
    EXPECT_TRUE(Ticker::parse("A"));
    EXPECT_TRUE(Ticker::parse(std::string(32, 'A')));
    EXPECT_FALSE(Ticker::parse(std::string(33, 'A')));
}

TEST(Ticker, WhenLowerCase_FoldsToUpper) {
    EXPECT_EQ(Ticker::parse("btcusdt.um")->view(), "BTCUSDT.UM");
    EXPECT_EQ(*Ticker::parse("aApL"), *Ticker::parse("AAPL"));
    EXPECT_EQ(std::hash<Ticker>{}(*Ticker::parse("aapl")),
              std::hash<Ticker>{}(*Ticker::parse("AAPL")));
}

TEST(Ticker, WhenAnyByte_OnlyTheContractsCharactersAreAccepted) {
    constexpr std::string_view kAllowed =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-^=/:_&+#@";
    for (int byte = 0; byte < 256; ++byte) {
        char const c = static_cast<char>(byte);
        bool const allowed = kAllowed.find(c) != std::string_view::npos;
        EXPECT_EQ(Ticker::parse({&c, 1}).has_value(), allowed) << byte;
        EXPECT_EQ(Ticker::parse(std::string{"A"} + c).has_value(), allowed) << byte;
    }
}

TEST(Ticker, WhenCompared_OrdersByText) {
    EXPECT_LT(*Ticker::parse("A"), *Ticker::parse("AA"));
    EXPECT_LT(*Ticker::parse("AA"), *Ticker::parse("AB"));
    EXPECT_NE(*Ticker::parse("A"), *Ticker::parse("AA"));
    EXPECT_EQ(Ticker::parse("BRK.B")->str(), "BRK.B");
}

}  // namespace
}  // namespace tickcast
