#include "tickcast/model/json_integer.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace tickcast {
namespace {

using Limits = std::numeric_limits<std::int64_t>;

TEST(ExactInteger, WhenWrittenInAnyWay_IsTheSame) {
    for (auto const* text : {"55", "55.0", "5.5e1", "5.5E+1", "0.55e2", "550e-1", "5500.00e-2"})
        EXPECT_EQ(exact_integer(text), 55) << text;
    EXPECT_EQ(exact_integer("-55.0"), -55);
    for (auto const* text : {"0", "-0", "0.0", "0e5", "0e-5", "0.000e999999999999999999999"})
        EXPECT_EQ(exact_integer(text), 0) << text;
    EXPECT_EQ(exact_integer("1.764000000123456e15"), 1'764'000'000'123'456);
}

TEST(ExactInteger, WhenAtTheEndsOf64Bits_IsExactAndPastThemOutOfRange) {
    EXPECT_EQ(exact_integer("9223372036854775807"), Limits::max());
    EXPECT_EQ(exact_integer("9223372036854775807.0"), Limits::max());
    EXPECT_EQ(exact_integer("-9223372036854775808"), Limits::min());
    EXPECT_EQ(exact_integer("9007199254740993"), 9'007'199'254'740'993) << "more than a double";
    for (auto const* text : {"9223372036854775808", "-9223372036854775809", "1e19", "-1e400",
                             "1e99999999999999999999", "18446744073709551616"}) {
        EXPECT_FALSE(exact_integer(text)) << text;
        EXPECT_EQ(parse_integer(text).error(), IntegerError::out_of_range) << text;
    }
}

TEST(ExactInteger, WhenThereIsAFraction_IsNone) {
    for (auto const* text :
         {"1.5", "1e-1", "55.000000001", "0.1e0", "1e-400", "1e-99999999999999999999", "-0.5"}) {
        EXPECT_FALSE(exact_integer(text)) << text;
        EXPECT_EQ(parse_integer(text).error(), IntegerError::not_integer) << text;
    }
}

TEST(ExactInteger, WhenNoJsonNumber_IsNone) {
    for (auto const* text : {"", "-", "+1", "01", "-01", "1.", ".5", "1e", "1e+", "1e1.0", " 1",
                             "1 ", "0x1", "1_000", "NaN", "Infinity", "1,0", "٣"}) {
        EXPECT_FALSE(exact_integer(text)) << text;
    }
    EXPECT_FALSE(exact_integer(std::string_view("1\0", 2)));
}

TEST(ExactInteger, WhenTheTextIsLong_IsStillExact) {
    std::string const zeros(1'000'000, '0');
    EXPECT_EQ(exact_integer("7." + zeros), 7);
    EXPECT_EQ(exact_integer("0." + zeros + "7e1000001"), 7);
    EXPECT_EQ(exact_integer("7" + zeros + "e-1000000"), 7);
    EXPECT_FALSE(exact_integer("7" + zeros));
    EXPECT_EQ(exact_integer("7e" + zeros + "1"), 70);
}

}  // namespace
}  // namespace tickcast
