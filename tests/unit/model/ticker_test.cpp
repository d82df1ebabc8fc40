#include "tickcast/model/ticker.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace tickcast {
namespace {

// contract: VAL-1
TEST(Ticker, WhenLengthIsWithinBounds_IsAccepted) {
    EXPECT_FALSE(Ticker::parse(""));
    EXPECT_TRUE(Ticker::parse("A"));
    EXPECT_TRUE(Ticker::parse(std::string(32, 'A')));
    EXPECT_FALSE(Ticker::parse(std::string(33, 'A')));
}

// contract: VAL-2
TEST(Ticker, WhenLowerCase_FoldsToUpper) {
    EXPECT_EQ(Ticker::parse("btcusdt.um")->view(), "BTCUSDT.UM");
    EXPECT_EQ(*Ticker::parse("aApL"), *Ticker::parse("AAPL"));
    EXPECT_EQ(std::hash<Ticker>{}(*Ticker::parse("aapl")),
              std::hash<Ticker>{}(*Ticker::parse("AAPL")));
}

// contract: VAL-1
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

TEST(Ticker, WhenCompared_OrderIsThatOfTheTexts) {
    std::mt19937 random{7};
    std::vector<Ticker> tickers;
    for (int i = 0; i < 2'000; ++i) {
        std::string text;
        for (auto length = 1 + random() % Ticker::kMaxLength; length > 0; --length)
            text += "AB.-9"[random() % 5];
        tickers.push_back(*Ticker::parse(text));
    }
    for (std::size_t i = 1; i < tickers.size(); ++i) {
        auto const& a = tickers[i - 1];
        auto const& b = tickers[i];
        EXPECT_EQ(a < b, a.view() < b.view()) << a.view() << " " << b.view();
        EXPECT_EQ(a == b, a.view() == b.view());
        auto const cut = Ticker::parse(a.view().substr(0, 1 + a.view().size() / 2));
        EXPECT_EQ(*cut == a, cut->view() == a.view());
        EXPECT_EQ(*cut < a, cut->view() < a.view());
    }
}

}  // namespace
}  // namespace tickcast
