#include "tickcast/session/session_id.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace tickcast {
namespace {

// contract: API-15
TEST(SessionId, WhenGenerated_IsNewAndGoesThroughItsText) {
    std::set<std::string> texts;
    for (int i = 0; i < 1000; ++i) {
        auto const id = SessionId::generate();
        auto const text = id.str();
        EXPECT_EQ(text.size(), SessionId::kTextLength);
        EXPECT_EQ(SessionId::parse(text), id);
        EXPECT_TRUE(texts.insert(text).second);
    }
}

TEST(SessionId, WhenParsed_TextIsKeptWithEveryCharacterOfTheAlphabet) {
    for (std::string const text :
         {"AAAAAAAAAAAAAAAAAAAAAA", "_____________________w", "ABCDEFGHIJKLMNOPQRSTUQ",
          "VWXYZabcdefghijklmnopg", "qrstuvwxyz0123456789-Q"}) {
        auto const id = SessionId::parse(text);
        ASSERT_TRUE(id) << text;
        EXPECT_EQ(id->str(), text);
    }
}

TEST(SessionId, WhenLengthIsBelowOrAboveTheRight_IsRefused) {
    EXPECT_FALSE(SessionId::parse(""));
    EXPECT_FALSE(SessionId::parse(std::string(21, 'A')));
    EXPECT_TRUE(SessionId::parse(std::string(22, 'A')));
    EXPECT_FALSE(SessionId::parse(std::string(23, 'A')));
    EXPECT_FALSE(SessionId::parse(std::string(22, 'A') + "=="));
}

TEST(SessionId, WhenACharacterIsOutsideTheAlphabet_IsRefused) {
    for (char const wrong : {'+', '/', '=', ' ', '.', '%', '\0', '\n', '\x80', '\xff'}) {
        for (std::size_t at : {0U, 10U, 21U}) {
            std::string text(22, 'A');
            text[at] = wrong;
            EXPECT_FALSE(SessionId::parse(text)) << static_cast<int>(wrong) << " at " << at;
        }
    }
}

TEST(SessionId, WhenUnusedBitsAreNotZero_IsRefused) {
    std::string text(22, 'A');
    int accepted = 0;
    for (char const last :
         std::string{"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"}) {
        text.back() = last;
        if (SessionId::parse(text)) ++accepted;
    }
    EXPECT_EQ(accepted, 4);  // A, Q, g and w: two bits
}

TEST(SessionId, WhenShortened_IsTheTextsBeginning) {
    auto const id = SessionId::generate();
    EXPECT_EQ(id.short_str(), id.str().substr(0, 6));
}

}  // namespace
}  // namespace tickcast
