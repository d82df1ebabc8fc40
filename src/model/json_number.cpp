#include "model/json_number.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace tickcast {
namespace {

constexpr std::int64_t kMaxDigits = 19;  // of the largest int64
// Far past what any text's digits could make up for, far below an overflow when digits are counted.
constexpr std::int64_t kExponentCap = std::int64_t{1} << 40;

constexpr std::array<std::uint64_t, 20> kPowersOfTen = [] {
    std::array<std::uint64_t, 20> powers{};
    std::uint64_t power = 1;
    for (auto& entry : powers) {
        entry = power;
        power *= 10;
    }
    return powers;
}();

bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

/// The parts of a JSON number (RFC 8259 section 6): [-] whole [. fraction] [e exponent].
struct Parts {
    bool negative{false};
    std::string_view whole{};
    std::string_view fraction{};
    std::int64_t exponent{0};  // held to ±kExponentCap

    std::int64_t digits() const noexcept {
        return static_cast<std::int64_t>(whole.size() + fraction.size());
    }
    /// Digits counted from the left, as if there were no point.
    char digit(std::int64_t index) const noexcept {
        auto const at = static_cast<std::size_t>(index);
        return at < whole.size() ? whole[at] : fraction[at - whole.size()];
    }
};

class Scanner {
public:
    explicit Scanner(std::string_view text) noexcept : rest_(text) {}

    bool scan(Parts& parts) noexcept {
        parts.negative = skip('-');
        parts.whole = digits();
        if (parts.whole.empty() || (parts.whole.size() > 1 && parts.whole.front() == '0')) {
            return false;
        }
        if (skip('.')) {
            parts.fraction = digits();
            if (parts.fraction.empty()) return false;
        }
        if ((skip('e') || skip('E')) && !exponent(parts.exponent)) return false;
        return rest_.empty();
    }

private:
    bool skip(char c) noexcept {
        if (rest_.empty() || rest_.front() != c) return false;
        rest_.remove_prefix(1);
        return true;
    }
    std::string_view digits() noexcept {
        auto const* const end = std::find_if_not(rest_.begin(), rest_.end(), is_digit);
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

/// The digits of all places but leading and trailing zeros; none where the value is zero.
struct Significant {
    std::int64_t first{0};
    std::int64_t last{0};

    explicit Significant(Parts const& parts) noexcept : last(parts.digits() - 1) {
        while (first <= last && parts.digit(first) == '0')
            ++first;
        while (last > first && parts.digit(last) == '0')
            --last;
    }
    std::int64_t count() const noexcept { return last - first + 1; }
};

}  // namespace

Result<std::int64_t, NumberFault> scaled_number(std::string_view text, int decimals) noexcept {
    Parts parts;
    if (!Scanner{text}.scan(parts)) return NumberFault::syntax;
    Significant const digits{parts};
    if (digits.count() <= 0) return std::int64_t{0};

    // The significant digits are a whole number; times 10^power it is the scaled value.
    std::int64_t const point = static_cast<std::int64_t>(parts.whole.size()) + parts.exponent;
    std::int64_t const power = point - 1 - digits.last + decimals;
    if (power < 0) return NumberFault::inexact;
    if (digits.count() + power > kMaxDigits) return NumberFault::range;

    std::uint64_t magnitude = 0;
    for (auto i = digits.first; i <= digits.last; ++i) {
        magnitude = magnitude * 10 + static_cast<std::uint64_t>(parts.digit(i) - '0');
    }
    magnitude *= kPowersOfTen[static_cast<std::size_t>(power)];
    auto const most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (magnitude > most + (parts.negative ? 1 : 0)) return NumberFault::range;
    return static_cast<std::int64_t>(parts.negative ? 0 - magnitude : magnitude);
}

}  // namespace tickcast
