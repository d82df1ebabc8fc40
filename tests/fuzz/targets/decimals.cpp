// The text of a number: prices and sizes, JSON's integers, times of a recording. Each is compared
// with an exact reading by long arithmetic on the digits' text.
#include "feed/replay/csv_time.hpp"
#include "fuzz/support/fuzz.hpp"
#include "tickcast/model/decimal.hpp"
#include "tickcast/model/digits.hpp"
#include "tickcast/model/json_integer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <optional>
#include <regex>
#include <string>

namespace tickcast::fuzz {

namespace {

enum class Reading : std::uint8_t { syntax, fractional, too_large, exact };

struct Exact {
    Reading reading{Reading::syntax};
    std::int64_t value{0};
};

/// The parts of a JSON number.
struct Parts {
    bool negative{false};
    std::string digits;  ///< before and after the point
    std::size_t decimals{0};
    std::string exponent;  ///< with its sign
};

std::optional<Parts> parts_of(std::string_view text) {
    auto at = text.begin();
    auto const take_digits = [&](std::string& into) {
        auto const begin = at;
        while (at != text.end() && *at >= '0' && *at <= '9')
            into += *at++;
        return at != begin;
    };
    auto const take = [&](std::string_view any_of) {
        return at != text.end() && any_of.find(*at) != std::string_view::npos && (++at, true);
    };
    Parts parts;
    parts.negative = take("-");
    if (!take_digits(parts.digits)) return std::nullopt;
    if (parts.digits.size() > 1 && parts.digits[0] == '0') return std::nullopt;
    auto const whole = parts.digits.size();
    if (take(".") && !take_digits(parts.digits)) return std::nullopt;
    parts.decimals = parts.digits.size() - whole;
    if (take("eE")) {
        parts.exponent = "+";
        if (at != text.end() && (*at == '-' || *at == '+')) parts.exponent[0] = *at++;
        if (!take_digits(parts.exponent)) return std::nullopt;
    }
    if (at != text.end()) return std::nullopt;
    return parts;
}

/// The exponent, held to ±1,000,000: no input has so many digits.
std::int64_t exponent_of(Parts const& parts) {
    if (parts.exponent.empty()) return 0;
    auto digits = parts.exponent.substr(1);
    digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
    auto const most = std::int64_t{1'000'000};
    auto const value = digits.size() > 6 ? most : digits.empty() ? 0 : std::stoll(digits);
    return parts.exponent[0] == '-' ? -value : value;
}

/// The number times 10^places, if that is whole and within the int64 without its smallest.
Exact exact(std::string_view text, std::int64_t places) {
    auto const parts = parts_of(text);
    if (!parts) return {};
    auto digits = parts->digits;
    digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
    if (digits.empty()) return {Reading::exact, 0};
    auto power = exponent_of(*parts) - static_cast<std::int64_t>(parts->decimals) + places;
    for (; power < 0; ++power) {
        if (digits.empty() || digits.back() != '0') return {Reading::fractional};
        digits.pop_back();
    }
    if (power > 30) return {Reading::too_large};
    digits.append(static_cast<std::size_t>(power), '0');
    constexpr std::string_view kMost = "9223372036854775807";
    if (digits.size() > kMost.size() || (digits.size() == kMost.size() && digits > kMost)) {
        return {Reading::too_large};
    }
    auto const value = std::stoll(digits);
    return {Reading::exact, parts->negative ? -value : value};
}

std::string text_of(std::int64_t raw) {
    // In memory of exactly the promised size.
    std::vector<char> out(Decimal::kMaxTextLength);
    auto const* const end = write_decimal(raw, out.data());
    return {out.data(), static_cast<std::size_t>(end - out.data())};
}

void check_round_trip(std::int64_t raw) {
    auto const text = text_of(raw);
    auto const again = Decimal::parse(text);
    require(again && again->raw() == raw, "the text of a decimal reads as the same decimal");
    auto const read = exact(text, 8);
    require(read.reading == Reading::exact && read.value == raw, "a decimal's text is exact");
    bool const point = text.find('.') != std::string::npos;
    require(!point || text.back() != '0', "a decimal's text is the shortest");
    std::array<char, 24> digits{};
    auto const magnitude =
        raw < 0 ? 0 - static_cast<std::uint64_t>(raw) : static_cast<std::uint64_t>(raw);
    auto const* const end = write_digits(magnitude, digits.data());
    require_same({digits.data(), static_cast<std::size_t>(end - digits.data())},
                 std::to_string(magnitude), "whole numbers are written as they are");
}

void check_decimal(std::string_view text) {
    auto const ours = Decimal::parse(text);
    auto const read = exact(text, 8);
    require(static_cast<bool>(ours) == (read.reading == Reading::exact),
            "a number is a decimal where it is exact");
    if (ours) {
        require(ours->raw() == read.value, "a decimal has the exact value of its text");
        check_round_trip(ours->raw());
    } else {
        require((ours.error() == DecimalError::syntax) == (read.reading == Reading::syntax),
                "syntax is at fault where the text is no JSON number");
    }
}

void check_integer(std::string_view text) {
    auto const ours = parse_json_integer(text);
    auto const read = exact(text, 0);
    require(static_cast<bool>(ours) == (read.reading == Reading::exact),
            "a number is an integer where it is whole");
    if (ours) {
        require(*ours == read.value, "an integer has the exact value of its text");
        return;
    }
    auto const wanted = read.reading == Reading::syntax       ? IntegerError::syntax
                        : read.reading == Reading::fractional ? IntegerError::fractional
                                                              : IntegerError::out_of_range;
    require(ours.error() == wanted, "an integer's fault is the right one");
}

/// A time is digits, and decimals of which those below a nanosecond are cut off.
void check_time(std::string_view text, TimeUnit unit, std::int64_t places) {
    auto const ours = parse_source_time(text, unit);
    if (ours) require(plausible_source_time(*ours), "a time lies from 1990 to 2100");
    bool const plain = !text.empty() && text.find_first_not_of("0123456789.") == text.npos &&
                       std::count(text.begin(), text.end(), '.') <= 1 && text.front() != '.' &&
                       text.back() != '.';
    if (!plain) {
        require(!ours || text.front() == '-', "a time is digits with decimals");
        return;
    }
    auto const point = std::min(text.find('.'), text.size());
    std::string digits{text.substr(0, point)};
    auto decimals = std::string{point < text.size() ? text.substr(point + 1) : ""};
    decimals.resize(static_cast<std::size_t>(places), '0');
    digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
    auto const read = exact(digits + (decimals.empty() ? "" : "." + decimals), places);
    bool const wanted = read.reading == Reading::exact && plausible_source_time(read.value);
    require(static_cast<bool>(ours) == wanted, "a plausible time is a time");
    if (ours) require(*ours == read.value, "a time is exact to the nanosecond");
}

}  // namespace

void run(std::string_view input) {
    check_decimal(input);
    check_integer(input);
    check_time(input, TimeUnit::nanoseconds, 0);
    check_time(input, TimeUnit::microseconds, 3);
    check_time(input, TimeUnit::milliseconds, 6);
    check_time(input, TimeUnit::seconds, 9);
    if (auto const whole = whole_source_time(input)) {
        for (auto const unit : kTimeUnits)
            require(!day_of(unit, *whole).empty(), "each time has a day");
    }
    std::int64_t raw = 0;
    std::memcpy(&raw, input.data(), std::min(input.size(), sizeof raw));
    if (raw != std::numeric_limits<std::int64_t>::min()) check_round_trip(raw);
}

}  // namespace tickcast::fuzz
