#include "feed/replay/csv_time.hpp"

#include <gtest/gtest.h>

#include <charconv>
#include <random>
#include <string>

namespace tickcast {
namespace {

TEST(CsvTime, WhenDigitsAreAnyBytes_ItIsATimeOnlyIfAllAreDigits) {
    std::string const good = "1700000012345678901";
    for (std::size_t i = 0; i < good.size(); ++i) {
        for (int byte = 0; byte < 256; ++byte) {
            auto text = good;
            text[i] = static_cast<char>(byte);
            auto const time = parse_source_time(text, TimeUnit::nanoseconds);
            bool const digit = byte >= '0' && byte <= '9';
            bool const point = byte == '.' && i > 0 && i + 1 < good.size();
            if (!digit) {
                EXPECT_FALSE(time) << text;
                bool const number = point || (byte == '-' && i == 0);
                EXPECT_EQ(time.error(), number ? TimeFault::range : TimeFault::syntax) << text;
            } else if (time) {
                EXPECT_EQ(*time, std::stoll(text)) << text;
            } else {
                EXPECT_EQ(i, 0U) << text;
                EXPECT_EQ(time.error(), TimeFault::range) << text;
            }
        }
    }
}

TEST(CsvTime, WhenNumbersAreRandom_AgreesWithFromChars) {
    std::mt19937_64 random{1};
    for (int i = 0; i < 20'000; ++i) {
        auto const value = std::uniform_int_distribution<std::int64_t>{
            kEarliestSourceNs - 1'000'000'000, kLatestSourceNs + 1'000'000'000'000'000}(random);
        for (auto const unit : kTimeUnits) {
            std::int64_t const per = unit == TimeUnit::nanoseconds    ? 1
                                     : unit == TimeUnit::microseconds ? 1'000
                                     : unit == TimeUnit::milliseconds ? 1'000'000
                                                                      : 1'000'000'000;
            auto const time = parse_source_time(std::to_string(value / per), unit);
            auto const expected = value / per * per;
            ASSERT_EQ(static_cast<bool>(time), plausible_source_time(expected)) << value;
            if (!time) continue;
            ASSERT_EQ(*time, expected);
            ASSERT_EQ(whole_source_time(std::to_string(value)), value);
        }
    }
}

TEST(CsvTime, WhenWholeNumbers_AreReadWhateverTheirUnit) {
    EXPECT_EQ(whole_source_time("0"), 0);
    EXPECT_EQ(whole_source_time("-5"), -5);
    EXPECT_EQ(whole_source_time("12.75"), 12);
    EXPECT_EQ(whole_source_time("9223372036854775807"), INT64_MAX);
    EXPECT_EQ(whole_source_time("9223372036854775808"), INT64_MAX);
    EXPECT_EQ(whole_source_time("-99999999999999999999"), INT64_MIN);
    for (auto const* const text : {"", "x", "1x", "1.", ".5", "1e9", "1.2.3", " 1", "2024-01-01"}) {
        EXPECT_EQ(whole_source_time(text), std::nullopt) << text;
    }
}

TEST(CsvTime, WhenADayIsShown_ItIsTheNumbersInItsUnit) {
    EXPECT_EQ(day_of(TimeUnit::nanoseconds, 0), "1970-01-01");
    EXPECT_EQ(day_of(TimeUnit::nanoseconds, -1), "1969-12-31");
    EXPECT_EQ(day_of(TimeUnit::seconds, 1'735'689'600), "2025-01-01");
    EXPECT_EQ(day_of(TimeUnit::milliseconds, 1'735'689'599'999), "2024-12-31");
    EXPECT_EQ(day_of(TimeUnit::seconds, INT64_MAX), "after the year 2262");
    EXPECT_EQ(day_of(TimeUnit::seconds, INT64_MIN), "before the year 1678");
}

}  // namespace
}  // namespace tickcast
