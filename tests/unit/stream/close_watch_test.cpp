#include "stream/close_watch.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <utility>

namespace tickcast {
namespace {

std::string masked(std::string payload) {
    constexpr unsigned char key[]{0x5A, 0x00, 0xFF, 0x13};
    for (std::size_t i = 0; i < payload.size(); ++i)
        payload[i] = static_cast<char>(static_cast<unsigned char>(payload[i]) ^ key[i % 4]);
    return payload;
}

/// A frame as a client sends it.
std::string frame(unsigned first, std::string const& payload) {
    std::string text{static_cast<char>(first)};
    if (payload.size() < 126) {
        text += static_cast<char>(0x80U | payload.size());
    } else {
        bool const wide = payload.size() > 0xFFFF;
        text += static_cast<char>(wide ? 0xFF : 0xFE);
        for (int shift = wide ? 56 : 8; shift >= 0; shift -= 8)
            text += static_cast<char>(payload.size() >> static_cast<unsigned>(shift) & 0xFFU);
    }
    return text + std::string{"\x5A\x00\xFF\x13", 4} + masked(payload);
}

std::string close_frame(unsigned code, std::string const& reason = {}) {
    std::string payload{static_cast<char>(code >> 8U), static_cast<char>(code & 0xFFU)};
    return frame(0x88, payload + reason);
}

/// The bytes after they passed the watch, `piece` bytes at a time.
std::string passed(CloseWatch& watch, std::string bytes, std::size_t piece = 1) {
    for (std::size_t at = 0; at < bytes.size(); at += piece)
        watch.pass(std::span{bytes}.subspan(at, std::min(piece, bytes.size() - at)));
    return bytes;
}

// contract: END-8 END-9
TEST(CloseCode, OfTheRegistry_IsTaken) {
    for (unsigned code = 0; code <= 0xFFFF; ++code) {
        bool const registered = code >= 1000 && code <= 1014 && (code < 1004 || code > 1006);
        bool const free = code >= 3000 && code <= 4999;
        ASSERT_EQ(is_close_code(code), registered || free) << code;
    }
}

// contract: END-9
TEST(CloseWatch, EveryCode_PassesAsItIsBut1014) {
    for (unsigned code = 0; code <= 0xFFFF; ++code) {
        CloseWatch watch;
        auto const came = close_frame(code, "bye");
        ASSERT_EQ(passed(watch, came, 5), close_frame(code == 1014 ? 1013 : code, "bye"));
        ASSERT_EQ(watch.answer(code == 1014 ? 1013 : code), code > 4999 ? 1002U : code);
    }
}

TEST(CloseWatch, BehindOtherFrames_FindsTheCloseHoweverItIsCut) {
    auto const before = frame(0x01, std::string(125, 'a')) + frame(0x89, "\x88\x82") +
                        frame(0x00, std::string(126, '\x88')) + frame(0x8A, "") +
                        frame(0x80, std::string(70'000, '\x88')) + frame(0x82, "");
    for (auto const piece : {1, 2, 3, 7, 1536, 1'000'000}) {
        CloseWatch watch;
        auto const size = static_cast<std::size_t>(piece);
        EXPECT_EQ(passed(watch, before + close_frame(1014), size), before + close_frame(1013));
        EXPECT_EQ(watch.answer(1013), 1014U) << piece;
    }
}

// contract: END-10
TEST(CloseWatch, AReasonThatIsNotUtf8_IsBadPayload) {
    for (std::string const reason : {"\xFF", "ab\xE2\x82", "\xED\xA0\x80"}) {
        CloseWatch watch;
        passed(watch, close_frame(1000, reason));
        EXPECT_EQ(watch.answer(1002), 1007U);
    }
    CloseWatch fine;
    passed(fine, close_frame(1000, "\xE2\x82\xAC"));
    EXPECT_EQ(fine.answer(1002), 1002U);
    CloseWatch bad_code;
    passed(bad_code, close_frame(1005, "\xFF"));
    EXPECT_EQ(bad_code.answer(1002), 1002U);
}

TEST(CloseWatch, BehindTheFirstCloseOrABrokenFrame_LooksAtNothing) {
    CloseWatch closed;
    auto const twice = close_frame(1013) + close_frame(1014);
    EXPECT_EQ(passed(closed, twice), twice);
    EXPECT_EQ(closed.answer(1013), 1013U);
    auto const unmasked = std::string{"\x81\x01x"};
    for (auto const& broken :
         {frame(0xC1, "x"), frame(0x83, "x"), frame(0x8B, "x"), frame(0x80, "x"), frame(0x09, "x"),
          frame(0x89, std::string(126, 'x')), unmasked, frame(0x01, "x") + frame(0x81, "y")}) {
        CloseWatch watch;
        auto const bytes = broken + close_frame(1014, "\xFF");
        EXPECT_EQ(passed(watch, bytes), bytes);
        EXPECT_EQ(watch.answer(1002), 1002U);
    }
}

/// A text frame with a payload of this length; the length is written in `width` bytes.
std::string text_of(std::uint64_t length, unsigned code, unsigned width) {
    std::string text{"\x81"};
    text += static_cast<char>(0x80U | code);
    for (auto shift = 8 * width; shift > 0; shift -= 8)
        text += static_cast<char>(length >> (shift - 8) & 0xFFU);
    return text + std::string{"\x5A\x00\xFF\x13", 4};
}

// contract: END-10
TEST(CloseWatch, BehindALengthThatIsWrittenTooLongOrTooLarge_LooksAtNothing) {
    auto const close = close_frame(1000, "\xFF");
    for (auto const& [head, length] :
         {std::pair{text_of(0, 126, 2), 0U}, std::pair{text_of(125, 126, 2), 125U},
          std::pair{text_of(0, 127, 8), 0U}, std::pair{text_of(65'535, 127, 8), 65'535U},
          std::pair{text_of(std::uint64_t{1} << 63U, 127, 8), 0U}}) {
        CloseWatch watch;
        passed(watch, head + masked(std::string(length, 'x')) + close);
        EXPECT_EQ(watch.answer(1002), 1002U) << length;
    }
    for (auto const& [head, length] :
         {std::pair{text_of(126, 126, 2), 126U}, std::pair{text_of(65'535, 126, 2), 65'535U},
          std::pair{text_of(65'536, 127, 8), 65'536U}}) {
        CloseWatch watch;
        passed(watch, head + masked(std::string(length, 'x')) + close);
        EXPECT_EQ(watch.answer(1002), 1007U) << length;
    }
}

// contract: END-13 END-17
TEST(CloseWatch, ALengthWithItsTopBitSet_IsAProtocolErrorAndNotTooBig) {
    for (auto const length : {std::uint64_t{1} << 63U, ~std::uint64_t{0}}) {
        CloseWatch watch;
        passed(watch,
               frame(0x01, "x") + frame(0x89, "") + "\x80" + text_of(length, 127, 8).substr(1));
        EXPECT_EQ(watch.answer(1009), 1002U) << length;
    }
    for (auto const length : {std::uint64_t{65'536}, ~std::uint64_t{0} >> 1U}) {
        CloseWatch watch;
        passed(watch, text_of(length, 127, 8));
        EXPECT_EQ(watch.answer(1009), 1009U) << length;
    }
}

TEST(CloseWatch, WithoutACode_LeavesTheAnswer) {
    for (auto const& bytes : {frame(0x88, ""), frame(0x88, "\x03")}) {
        CloseWatch watch;
        EXPECT_EQ(passed(watch, bytes), bytes);
        EXPECT_EQ(watch.answer(1000), 1000U);
        EXPECT_EQ(watch.answer(1002), 1002U);
        EXPECT_EQ(watch.answer(1005), 1005U);
    }
}

}  // namespace
}  // namespace tickcast
