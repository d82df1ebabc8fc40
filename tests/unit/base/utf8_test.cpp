#include "tickcast/base/utf8.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tickcast {
namespace {

/// The reference, by the bits of RFC 3629 section 3.
std::string encoded(unsigned code, unsigned bytes) {
    if (bytes == 1) return {static_cast<char>(code)};
    std::string text;
    for (; text.size() < bytes - 1; code >>= 6U)
        text.insert(text.begin(), static_cast<char>(0x80U | (code & 0x3FU)));
    auto const lead = bytes == 2 ? 0xC0U : bytes == 3 ? 0xE0U : 0xF0U;
    text.insert(text.begin(), static_cast<char>(lead | code));
    return text;
}

unsigned length(unsigned code) {
    return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}

// contract: END-10
TEST(Utf8, EveryCodePoint_IsTakenUnlessASurrogate) {
    for (unsigned code = 0; code <= 0x10FFFF; ++code) {
        bool const surrogate = code >= 0xD800 && code <= 0xDFFF;
        ASSERT_EQ(is_utf8(encoded(code, length(code))), !surrogate) << std::hex << code;
    }
}

TEST(Utf8, PastTheLastCodePoint_IsRefused) {
    for (unsigned code = 0x110000; code < 0x200000; code += 0x1000)
        EXPECT_FALSE(is_utf8(encoded(code, 4))) << std::hex << code;
}

TEST(Utf8, ALongerFormThanNeeded_IsRefused) {
    for (unsigned bytes = 2; bytes <= 4; ++bytes) {
        auto const first_that_needs_it = bytes == 2 ? 0x80U : bytes == 3 ? 0x800U : 0x10000U;
        for (unsigned code = 0; code < first_that_needs_it; ++code)
            ASSERT_FALSE(is_utf8(encoded(code, bytes))) << std::hex << code;
    }
}

// contract: END-10
TEST(Utf8, CutWithinACharacter_IsNotComplete) {
    for (std::string const text : {"\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9D\x84\x9E"}) {
        Utf8Check check;
        for (std::size_t at = 0; at < text.size(); ++at) {
            EXPECT_EQ(is_utf8("a" + text.substr(0, at)), at == 0);
            EXPECT_EQ(is_utf8(text.substr(0, at) + "a"), at == 0);
            ASSERT_TRUE(check.add(text[at]));
            EXPECT_EQ(check.complete(), at + 1 == text.size());
        }
    }
}

TEST(Utf8, BytesThatBeginNothing_AreRefused) {
    for (int byte = 0x80; byte <= 0xFF; ++byte) {
        bool const begins = byte >= 0xC2 && byte <= 0xF4;
        EXPECT_EQ(Utf8Check{}.add(static_cast<char>(byte)), begins) << byte;
    }
    EXPECT_TRUE(is_utf8(""));
}

}  // namespace
}  // namespace tickcast
