// A JSON number's text (RFC 8259 section 6) as a scaled whole number, exactly or not at all. Pure;
// time grows with the text alone, whatever its exponent says.
#pragma once

#include "tickcast/base/result.hpp"

#include <cstdint>
#include <string_view>

namespace tickcast {

enum class NumberFault : std::uint8_t {
    syntax,   ///< no JSON number
    inexact,  ///< more decimals than are kept
    range,    ///< too large
};

/// The value times 10^decimals.
Result<std::int64_t, NumberFault> scaled_number(std::string_view text, int decimals) noexcept;

}  // namespace tickcast
