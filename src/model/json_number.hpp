// Takes the text of a JSON number apart and gives its exact value as a whole number. Inline, since
// it runs once per pushed price. Pure.
#pragma once

#include "tickcast/base/result.hpp"
#include "tickcast/base/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <string_view>

namespace tickcast {

/// Why a number has no exact value of the requested kind.
enum class Inexact : std::uint8_t {
    fractional,  ///< more decimals than are kept
    too_large,   ///< beyond the largest int64
};

/// The parts of a JSON number (RFC 8259 section 6): [-] whole [. fraction] [e exponent].
struct JsonNumber {
    static constexpr std::int64_t kMaxDigits = 19;  // of the largest int64

    bool negative{false};
    std::string_view whole{};
    std::string_view fraction{};
    std::int64_t exponent{0};  // held to JsonNumberScanner::kExponentCap

    /// The magnitude times 10^decimals, if that is a whole number up to the largest int64. The time
    /// grows with the text, not with the exponent.
    Result<std::uint64_t, Inexact> scaled(int decimals) const noexcept {
        std::int64_t first = 0;
        std::int64_t last = digits() - 1;
        while (first <= last && digit(first) == '0')
            ++first;
        while (last > first && digit(last) == '0')
            --last;
        if (first > last) return std::uint64_t{0};

        // The significant digits are a whole number; times 10^power it is the value.
        std::int64_t const significant = last - first + 1;
        std::int64_t const point = static_cast<std::int64_t>(whole.size()) + exponent;
        std::int64_t const power = point - 1 - last + decimals;
        if (power < 0) return Inexact::fractional;
        if (significant + power > kMaxDigits) return Inexact::too_large;

        std::uint64_t magnitude = 0;
        for (auto i = first; i <= last; ++i) {
            magnitude = magnitude * 10 + static_cast<std::uint64_t>(digit(i) - '0');
        }
        magnitude *= kPowersOfTen[static_cast<std::size_t>(power)];
        if (magnitude > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
            return Inexact::too_large;
        }
        return magnitude;
    }

private:
    static constexpr std::array<std::uint64_t, 20> kPowersOfTen = [] {
        std::array<std::uint64_t, 20> powers{};
        std::uint64_t power = 1;
        for (auto& entry : powers) {
            entry = power;
            power *= 10;
        }
        return powers;
    }();

    std::int64_t digits() const noexcept {
        return static_cast<std::int64_t>(whole.size() + fraction.size());
    }
    /// Digits counted from the left, as if there were no point.
    char digit(std::int64_t index) const noexcept {
        auto const at = static_cast<std::size_t>(index);
        return at < whole.size() ? whole[at] : fraction[at - whole.size()];
    }
};

class JsonNumberScanner {
public:
    // Far beyond what the digits of any text could compensate, and far below an overflow when
    // digits are added.
    static constexpr std::int64_t kExponentCap = std::int64_t{1} << 40;

    explicit JsonNumberScanner(std::string_view text) noexcept : rest_(text) {}

    /// False where the text is not exactly one JSON number.
    bool scan(JsonNumber& number) noexcept {
        number.negative = skip('-');
        number.whole = digits();
        if (number.whole.empty() || (number.whole.size() > 1 && number.whole.front() == '0')) {
            return false;
        }
        if (skip('.')) {
            number.fraction = digits();
            if (number.fraction.empty()) return false;
        }
        if ((skip('e') || skip('E')) && !exponent(number.exponent)) return false;
        return rest_.empty();
    }

private:
    bool skip(char c) noexcept {
        if (rest_.empty() || rest_.front() != c) return false;
        rest_.remove_prefix(1);
        return true;
    }
    std::string_view digits() noexcept {
        auto const* const end =
            std::find_if_not(rest_.begin(), rest_.end(), [](char c) { return is_digit(c); });
        auto const found = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
        rest_.remove_prefix(found.size());
        return found;
    }
    bool exponent(std::int64_t& value) noexcept {
        bool const negative = skip('-');
        if (!negative) skip('+');
        auto const text = digits();
        for (char const c : text)
            value = std::min(value * 10 + (c - '0'), kExponentCap);
        if (negative) value = -value;
        return !text.empty();
    }

    std::string_view rest_;
};

}  // namespace tickcast
