#include "tickcast/model/json_integer.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tickcast::test {
namespace {

// contract: VAL-13
TEST(JsonInteger, WhenWholeHoweverWritten_HasItsValue) {
    struct Case {
        std::string text;
        std::int64_t value;
    };
    for (auto const& [text, value] : {
             Case{"0", 0},
             Case{"55", 55},
             Case{"55.0", 55},
             Case{"5.5e1", 55},
             Case{"5.5E+1", 55},
             Case{"550e-1", 55},
             Case{"600000e-1", 60'000},
             Case{"0.00055e5", 55},
             Case{"-0", 0},
             Case{"-0.0", 0},
             Case{"-7.0", -7},
             Case{"0e400", 0},
             Case{"0.000e-999999999999999999999999", 0},
             Case{"1" + std::string(400, '0') + "e-400", 1},
             Case{"0." + std::string(400, '0') + "1e401", 1},
             Case{"9223372036854775807", 9'223'372'036'854'775'807},
             Case{"9223372036854775807.000", 9'223'372'036'854'775'807},
             Case{"9.223372036854775807e18", 9'223'372'036'854'775'807},
             Case{"-9223372036854775807", -9'223'372'036'854'775'807},
         }) {
        auto const parsed = parse_json_integer(text);
        ASSERT_TRUE(parsed) << text;
        EXPECT_EQ(*parsed, value) << text;
    }
}

TEST(JsonInteger, WhenItHasAFraction_IsFractional) {
    for (auto const* text : {"55.5", "0.1", "5.55e1", "1e-400", "-1e-1", "1e-99999999999999999999",
                             "55.00000000000000000000000000000001"}) {
        auto const parsed = parse_json_integer(text);
        ASSERT_FALSE(parsed) << text;
        EXPECT_EQ(parsed.error(), IntegerError::fractional) << text;
    }
}

TEST(JsonInteger, WhenBeyond64Bits_IsOutOfRange) {
    for (auto const* text : {"9223372036854775808", "-9223372036854775808", "1e19", "1e400",
                             "-1e99999999999999999999", "9.3e18"}) {
        auto const parsed = parse_json_integer(text);
        ASSERT_FALSE(parsed) << text;
        EXPECT_EQ(parsed.error(), IntegerError::out_of_range) << text;
    }
}

TEST(JsonInteger, WhenNoJsonNumber_IsASyntaxError) {
    for (auto const* text : {"", "-", "+1", "01", "1.", ".5", "1e", "1e+", "0x10", "1 ", " 1",
                             "1_000", "NaN", "Infinity", "--1", "1.0.0", "1e1.0"}) {
        auto const parsed = parse_json_integer(text);
        ASSERT_FALSE(parsed) << text;
        EXPECT_EQ(parsed.error(), IntegerError::syntax) << text;
    }
}

}  // namespace
}  // namespace tickcast::test
