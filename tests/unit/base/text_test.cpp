#include "tickcast/base/text.hpp"

#include "tickcast/base/parse_number.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>

namespace tickcast {
namespace {

TEST(Text, LetterOrDigit_IsAsciiAlone) {
    std::string found;
    for (int byte = 0; byte < 256; ++byte) {
        if (is_letter_or_digit(static_cast<char>(byte))) found += static_cast<char>(byte);
    }
    EXPECT_EQ(found, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
}

TEST(Text, LowerCase_ChangesCapitalsAlone) {
    for (int byte = 0; byte < 256; ++byte) {
        auto const c = static_cast<char>(byte);
        bool const capital = c >= 'A' && c <= 'Z';
        EXPECT_EQ(lower_case(c), capital ? static_cast<char>(c + 32) : c) << byte;
    }
}

TEST(Text, HexEscape_HasTwoDigits) {
    std::string text{"a"};
    append_hex_escape('\0', text);
    append_hex_escape('\n', text);
    append_hex_escape('\xff', text);
    EXPECT_EQ(text, R"(a\x00\x0a\xff)");
}

TEST(ParseNumber, WholeText_IsANumber) {
    EXPECT_EQ(parse_number<std::uint64_t>("18446744073709551615"),
              std::numeric_limits<std::uint64_t>::max());
    EXPECT_EQ(parse_number<std::uint16_t>("0"), std::uint16_t{0});
    EXPECT_EQ(parse_number<double>("0.25"), 0.25);
}

TEST(ParseNumber, OtherText_IsNone) {
    for (auto const* const text :
         {"", " 1", "1 ", "+1", "-1", "0x1", "1x", "18446744073709551616", "1.5", "inf"}) {
        EXPECT_FALSE(parse_number<std::uint64_t>(text)) << text;
    }
    EXPECT_FALSE(parse_number<std::uint16_t>("65536"));
    EXPECT_FALSE(parse_number<double>("inf"));
    EXPECT_FALSE(parse_number<double>("-1"));
}

}  // namespace
}  // namespace tickcast
