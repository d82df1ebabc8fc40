#include "feed/replay/csv_time.hpp"

#include "tickcast/base/text.hpp"

#include <bit>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <limits>

namespace tickcast {
namespace {

struct Unit {
    std::string_view column;
    std::string_view name;
    std::int64_t nanoseconds;
    std::size_t decimals;  ///< how many decimals give nanoseconds
};

constexpr std::array<Unit, kTimeUnits.size()> kUnits{{{"ts_ns", "nanoseconds", 1, 0},
                                                      {"ts_us", "microseconds", 1'000, 3},
                                                      {"ts_ms", "milliseconds", 1'000'000, 6},
                                                      {"ts_s", "seconds", 1'000'000'000, 9}}};

constexpr Unit const& facts(TimeUnit unit) noexcept {
    return kUnits[static_cast<std::size_t>(unit)];
}

/// `text` begins after the decimal point. Nothing if it has other characters than digits.
std::optional<std::int64_t> fraction_ns(std::string_view text, std::size_t decimals) noexcept {
    if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) {
        return std::nullopt;
    }
    std::int64_t value = 0;
    for (std::size_t i = 0; i < decimals; ++i)
        value = value * 10 + (i < text.size() ? text[i] - '0' : 0);
    return value;
}

/// The value of the first eight digits of a text that has eight characters; nothing if one is no
/// digit. The first character is in the lowest byte. Neighbours are joined to numbers of two, four
/// and eight digits.
std::optional<std::int64_t> eight_digits_at(std::string_view text) noexcept {
    static_assert(std::endian::native == std::endian::little);
    constexpr std::uint64_t kHighHalves = 0xF0F0'F0F0'F0F0'F0F0;
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, text.data(), sizeof bytes);
    // '0' to '9' are 0x30 to 0x39: with 6 more the high half is still a 3, and only theirs is.
    if (((bytes & kHighHalves) | ((bytes + 0x0606'0606'0606'0606) & kHighHalves) >> 4) !=
        0x3333'3333'3333'3333) {
        return std::nullopt;
    }
    bytes &= 0x0F0F'0F0F'0F0F'0F0F;
    bytes = (bytes * 10 + (bytes >> 8)) & 0x00FF'00FF'00FF'00FF;
    bytes = (bytes * 100 + (bytes >> 16)) & 0x0000'FFFF'0000'FFFF;
    return static_cast<std::int64_t>((bytes * 10'000 + (bytes >> 32)) & 0xFFFF'FFFF);
}

/// The fast path for nearly all times: up to 18 digits and nothing else, or 19 below 9·10^18.
/// Nothing for other texts.
std::optional<std::int64_t> plain_digits(std::string_view text) noexcept {
    constexpr std::size_t kMost = 19;
    if (text.empty() || text.size() > kMost || (text.size() == kMost && text[0] > '8')) {
        return std::nullopt;
    }
    std::int64_t value = 0;
    for (; text.size() >= 8; text.remove_prefix(8)) {
        auto const eight = eight_digits_at(text);
        if (!eight) return std::nullopt;
        value = value * 100'000'000 + *eight;
    }
    for (char const c : text) {
        if (!is_digit(c)) return std::nullopt;
        value = value * 10 + (c - '0');
    }
    return value;
}

struct Number {
    std::int64_t whole{0};
    bool too_large{false};
    std::string_view decimals{};  ///< after the point
    bool has_point{false};
};

std::optional<Number> split_number(std::string_view text) noexcept {
    Number number;
    auto const* const end = text.data() + text.size();
    auto const [stop, fault] = std::from_chars(text.data(), end, number.whole);
    if (fault == std::errc::invalid_argument) return std::nullopt;
    number.too_large = fault == std::errc::result_out_of_range;
    if (stop == end) return number;
    if (*stop != '.') return std::nullopt;
    number.has_point = true;
    number.decimals = {stop + 1, static_cast<std::size_t>(end - stop - 1)};
    return number;
}

/// True also for -0.5, whose digits before the point are those of 0.
bool is_negative(std::string_view text) noexcept {
    return text.starts_with('-');
}

}  // namespace

std::string_view column_of(TimeUnit unit) noexcept {
    return facts(unit).column;
}

std::string_view name(TimeUnit unit) noexcept {
    return facts(unit).name;
}

Result<std::int64_t, TimeFault> parse_source_time(std::string_view text, TimeUnit unit) noexcept {
    std::int64_t ns = 0;
    if (auto const whole = plain_digits(text);
        whole && !__builtin_mul_overflow(*whole, facts(unit).nanoseconds, &ns) &&
        plausible_source_time(ns)) {
        return ns;
    }
    auto const number = split_number(text);
    if (!number) return TimeFault::syntax;
    std::int64_t fraction = 0;
    if (number->has_point) {
        auto const value = fraction_ns(number->decimals, facts(unit).decimals);
        if (!value) return TimeFault::syntax;
        fraction = *value;
    }
    if (number->too_large || is_negative(text) ||
        __builtin_mul_overflow(number->whole, facts(unit).nanoseconds, &ns) ||
        __builtin_add_overflow(ns, fraction, &ns) || !plausible_source_time(ns)) {
        return TimeFault::range;
    }
    return ns;
}

std::optional<std::int64_t> whole_source_time(std::string_view text) noexcept {
    auto const number = split_number(text);
    if (!number || (number->has_point && !fraction_ns(number->decimals, 0))) return std::nullopt;
    if (!number->too_large) return number->whole;
    return is_negative(text) ? std::numeric_limits<std::int64_t>::min()
                             : std::numeric_limits<std::int64_t>::max();
}

bool plausible_in(TimeUnit unit, std::int64_t whole) noexcept {
    auto const nanoseconds = facts(unit).nanoseconds;
    return whole >= kEarliestSourceNs / nanoseconds && whole <= kLatestSourceNs / nanoseconds;
}

std::string day_of(TimeUnit unit, std::int64_t whole) {
    std::int64_t ns = 0;
    if (__builtin_mul_overflow(whole, facts(unit).nanoseconds, &ns)) {
        return whole < 0 ? "before the year 1678" : "after the year 2262";
    }
    auto const since =
        std::chrono::sys_time<std::chrono::nanoseconds>{std::chrono::nanoseconds{ns}};
    std::chrono::year_month_day const day{std::chrono::floor<std::chrono::days>(since)};
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(day.year()),
                  static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
    return text.data();
}

}  // namespace tickcast
