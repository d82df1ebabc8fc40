// Prices and sizes: exact decimals as 64-bit fixed point with 8 decimals (CONTRACT VAL-6..11). A
// value type. Bounds: ±92,233,720,368.54775807 (the most negative integer is left out, so the range
// is even).
#pragma once

#include "tickcast/base/result.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

namespace tickcast {

/// Why a text is no decimal: it is no JSON number, or this type cannot hold it exactly.
enum class DecimalError : std::uint8_t { syntax, out_of_range };

class Decimal {
public:
    static constexpr std::int64_t kScale = 100'000'000;
    static constexpr std::size_t kMaxTextLength = 21;  // -92233720368.54775807

    constexpr Decimal() = default;
    /// `raw` is the value times 10^8; it must not be the smallest int64.
    static constexpr Decimal from_raw(std::int64_t raw) noexcept { return Decimal{raw}; }

    /// The value of a whole JSON number (RFC 8259 section 6); an exponent is accepted if the value
    /// is exact. More than 8 non-zero decimals or too large a value is `out_of_range`, never
    /// rounded.
    static Result<Decimal, DecimalError> parse(std::string_view text) noexcept;

    constexpr std::int64_t raw() const noexcept { return raw_; }

    friend constexpr auto operator<=>(Decimal, Decimal) noexcept = default;

private:
    explicit constexpr Decimal(std::int64_t raw) noexcept : raw_(raw) {}

    std::int64_t raw_{0};
};

}  // namespace tickcast
