#include "tickcast/model/decimal.hpp"

#include "tickcast/model/digits.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <string_view>

namespace tickcast {
namespace {

std::string written(Decimal value) {
    std::array<char, Decimal::kMaxTextLength> text{};
    auto const* const end = write_decimal(value.raw(), text.data());
    return {text.data(), static_cast<std::size_t>(end - text.data())};
}

std::optional<std::int64_t> raw(std::string_view text) {
    auto const value = Decimal::parse(text);
    if (!value) return std::nullopt;
    return value->raw();
}

bool out_of_range(std::string_view text) {
    auto const value = Decimal::parse(text);
    return !value && value.error() == DecimalError::out_of_range;
}

/// The reference, slow and simple: writes all 8 decimals, then cuts the zeros off.
std::string reference_text(std::int64_t raw) {
    auto digits = std::to_string(raw < 0 ? -raw : raw);
    if (digits.size() < 9) digits.insert(0, 9 - digits.size(), '0');
    auto text = digits.substr(0, digits.size() - 8) + "." + digits.substr(digits.size() - 8);
    while (text.back() == '0')
        text.pop_back();
    if (text.back() == '.') text.pop_back();
    return (raw < 0 ? "-" : "") + text;
}

constexpr auto kMax = std::numeric_limits<std::int64_t>::max();

// contract: VAL-6
TEST(Decimal, WhenPlainNumber_IsExact) {
    EXPECT_EQ(raw("0"), 0);
    EXPECT_EQ(raw("7"), 700'000'000);
    EXPECT_EQ(raw("189.34"), 18'934'000'000);
    EXPECT_EQ(raw("-0.00000001"), -1);
    EXPECT_EQ(raw("0.1"), 10'000'000);
    EXPECT_EQ(raw("61800.00"), 6'180'000'000'000);
}

TEST(Decimal, WhenMinusZero_IsZero) {
    for (auto const* const text :
         {"-0", "-0.0", "-0e5", "0e999999999", "0.000e-999999999999999999999"}) {
        EXPECT_EQ(raw(text), 0) << text;
    }
    EXPECT_EQ(written(*Decimal::parse("-0")), "0");
}

// contract: VAL-7
TEST(Decimal, WhenExponentIsExact_IsAccepted) {
    EXPECT_EQ(raw("100e-2"), 100'000'000);
    EXPECT_EQ(raw("1E2"), 10'000'000'000);
    EXPECT_EQ(raw("1e+2"), 10'000'000'000);
    EXPECT_EQ(raw("1.5e-7"), 15);
    EXPECT_EQ(raw("1e-8"), 1);
    EXPECT_EQ(raw("1e10"), 1'000'000'000'000'000'000);
    EXPECT_EQ(raw("0.000000000001e12"), 100'000'000);
    EXPECT_EQ(raw("1e0000000000000000000000002"), 10'000'000'000);
}

TEST(Decimal, WhenTrailingZerosRunLong_AreIgnored) {
    EXPECT_EQ(raw("1.00000000000000"), 100'000'000);
    EXPECT_EQ(raw("1." + std::string(100'000, '0')), 100'000'000);
    EXPECT_EQ(raw("1" + std::string(100'000, '0') + "e-100000"), 100'000'000);
    EXPECT_EQ(raw("0." + std::string(100'000, '0') + "1e100001"), 100'000'000);
}

// contract: VAL-11
TEST(Decimal, WhenTooManyDecimals_IsOutOfRange) {
    EXPECT_EQ(raw("0.12345678"), 12'345'678);
    EXPECT_TRUE(out_of_range("0.123456789"));
    EXPECT_TRUE(out_of_range("1e-9"));
    EXPECT_TRUE(out_of_range("1e-400"));
    EXPECT_TRUE(out_of_range("0.000000001"));
    EXPECT_TRUE(out_of_range("1.00000000000000000001"));
    EXPECT_TRUE(out_of_range("15e-9"));
}

TEST(Decimal, WhenExponentIsHuge_IsOutOfRange) {
    EXPECT_TRUE(out_of_range("1e400"));
    EXPECT_TRUE(out_of_range("1e11"));
    EXPECT_TRUE(out_of_range("1e9223372036854775807"));
    EXPECT_TRUE(out_of_range("1e-9223372036854775808"));
    EXPECT_TRUE(out_of_range("1e" + std::string(10'000, '9')));
    EXPECT_TRUE(out_of_range("-1e-" + std::string(10'000, '9')));
}

// contract: VAL-11
TEST(Decimal, WhenAtRangeEnds_IsExact_AndPastThem_OutOfRange) {
    EXPECT_EQ(raw("92233720368.54775807"), kMax);
    EXPECT_EQ(raw("-92233720368.54775807"), -kMax);
    EXPECT_EQ(raw("9223372036854775807e-8"), kMax);
    EXPECT_EQ(raw("92233720368.54775806"), kMax - 1);
    EXPECT_TRUE(out_of_range("92233720368.54775808"));
    EXPECT_TRUE(out_of_range("-92233720368.54775808"));
    EXPECT_TRUE(out_of_range("92233720369"));
    EXPECT_TRUE(out_of_range("99999999999.99999999"));
    EXPECT_TRUE(out_of_range("100000000000"));
    EXPECT_TRUE(out_of_range("184467440737.09551616"));  // wraps to 0 in 64 bits
    EXPECT_TRUE(out_of_range("18446744073709551617"));
}

// contract: VAL-7
TEST(Decimal, WhenNotAJsonNumber_IsSyntax) {
    for (std::string_view const text :
         {"",    "-",     "+1",    ".5",    "1.",    "01",       "-01",  "00",  "1e",      "1e+",
          "1e-", "1.e5",  "0x10",  "NaN",   "nan",   "Infinity", "-inf", " 1",  "1 ",      "1,0",
          "--1", "1.2.3", "1e5.0", "1_000", "\"1\"", "1e5e5",    "-e5",  "1\n", "\xD9\xA1"}) {
        auto const value = Decimal::parse(text);
        ASSERT_FALSE(value) << text;
        EXPECT_EQ(value.error(), DecimalError::syntax) << text;
    }
    EXPECT_FALSE(Decimal::parse(std::string_view{"1\0", 2}));
}

// contract: VAL-8
TEST(Decimal, WhenWritten_HasNoTrailingZeros) {
    EXPECT_EQ(written(Decimal::from_raw(0)), "0");
    EXPECT_EQ(written(Decimal::from_raw(1)), "0.00000001");
    EXPECT_EQ(written(Decimal::from_raw(-1)), "-0.00000001");
    EXPECT_EQ(written(Decimal::from_raw(10'000'000)), "0.1");
    EXPECT_EQ(written(Decimal::from_raw(-18'934'000'000)), "-189.34");
    EXPECT_EQ(written(Decimal::from_raw(10'000'000'000)), "100");
    EXPECT_EQ(written(Decimal::from_raw(kMax)), "92233720368.54775807");
    EXPECT_EQ(written(Decimal::from_raw(-kMax)), "-92233720368.54775807");
}

// contract: VAL-6
TEST(Decimal, WhenWrittenAndParsedAtRandom_AgreesWithTheReference) {
    std::mt19937_64 random{20240808};
    for (int i = 0; i < 200'000; ++i) {
        // Values of all lengths: short and round ones as often as full ones.
        auto value = static_cast<std::int64_t>(random() >> (1 + random() % 63));
        if (random() % 4 == 0) value -= value % 1'000'000;
        if (random() % 2 == 0) value = -value;
        auto const text = reference_text(value);
        ASSERT_EQ(written(Decimal::from_raw(value)), text);
        ASSERT_EQ(raw(text), value) << text;
        auto const shifted = std::to_string(value) + "e-8";
        ASSERT_EQ(raw(shifted), value) << shifted;
    }
}

TEST(Decimal, WhenCompared_OrdersByValue) {
    EXPECT_LT(*Decimal::parse("-1"), *Decimal::parse("0.5"));
    EXPECT_EQ(*Decimal::parse("1.50"), *Decimal::parse("15e-1"));
}

}  // namespace
}  // namespace tickcast
