#include "tickcast/model/digits.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <limits>
#include <random>
#include <string>

namespace tickcast {
namespace {

using Write = char* (*)(std::uint64_t, char*);

/// The written text; checks that at most `most` bytes were touched.
std::string written(Write write, std::uint64_t value, std::size_t most) {
    std::array<char, 32> text{};
    text.fill('#');
    auto const* const end = write(value, text.data());
    for (auto at = most; at < text.size(); ++at)
        EXPECT_EQ(text[at], '#') << value << " at " << at;
    return {text.data(), static_cast<std::size_t>(end - text.data())};
}

TEST(EightDigits, WhenAHalfIsAnything_BothAreExact) {
    for (std::uint64_t half = 0; half < 10'000; ++half) {
        for (auto const value :
             {half, half * 10'000, half * 10'001, half * 10'000 + 9'999, 99'990'000 + half}) {
            auto const text = std::to_string(100'000'000 + value).substr(1);
            ASSERT_EQ(written(write_eight_digits, value, 8), text);
        }
    }
}

TEST(WriteDigits, WhenAtAPowerOfTen_BelowAndAbove_IsExact) {
    std::uint64_t power = 1;
    for (std::size_t digits = 1; digits <= 20; ++digits) {
        for (auto const value : {power - 1, power, power + 1}) {
            ASSERT_EQ(written(write_digits, value, std::max<std::size_t>(8, digits)),
                      std::to_string(value));
        }
        if (digits < 20) power *= 10;
    }
    auto const largest = std::numeric_limits<std::uint64_t>::max();
    EXPECT_EQ(written(write_digits, largest, 20), std::to_string(largest));
}

TEST(WriteDigits, WhenAtRandom_AgreesWithTheLibrary) {
    std::mt19937_64 random{11};
    for (int i = 0; i < 200'000; ++i) {
        auto const value = random() >> random() % 64;
        auto const text = std::to_string(value);
        ASSERT_EQ(written(write_digits, value, std::max<std::size_t>(8, text.size())), text);
    }
}

// contract: VAL-8
TEST(WriteFraction, WhenItEndsInZeros_LeavesThemOut) {
    EXPECT_EQ(written(write_fraction, 1, 8), "00000001");
    EXPECT_EQ(written(write_fraction, 10, 8), "0000001");
    EXPECT_EQ(written(write_fraction, 34'000'000, 8), "34");
    EXPECT_EQ(written(write_fraction, 90'000'000, 8), "9");
    EXPECT_EQ(written(write_fraction, 99'999'999, 8), "99999999");
}

TEST(WriteFourDecimals, WhenAtTheEnds_HasNoNeedlessZero) {
    EXPECT_EQ(written(write_four_decimals, 0, 9), "0");
    EXPECT_EQ(written(write_four_decimals, 1, 9), "0.0001");
    EXPECT_EQ(written(write_four_decimals, 1'000, 9), "0.1");
    EXPECT_EQ(written(write_four_decimals, 10'000, 9), "1");
    EXPECT_EQ(written(write_four_decimals, 1'893'400, 9), "189.34");
    EXPECT_EQ(written(write_four_decimals, 99'990'000, 9), "9999");
    EXPECT_EQ(written(write_four_decimals, 99'999'999, 9), "9999.9999");
}

}  // namespace
}  // namespace tickcast
