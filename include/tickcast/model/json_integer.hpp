// Integers as JSON writes them: 55, 55.0 and 5.5e1 are the same (CONTRACT VAL-13; JSON Schema
// 2020-12, "integer"). A pure function; the time grows with the text, not with the exponent.
#pragma once

#include "tickcast/base/result.hpp"

#include <cstdint>
#include <string_view>

namespace tickcast {

enum class IntegerError : std::uint8_t {
    syntax,        ///< no JSON number (RFC 8259 section 6)
    fractional,    ///< 55.5, 1e-400
    out_of_range,  ///< beyond ±9,223,372,036,854,775,807
};

/// The exact value of the whole text as an integer; never rounded. -0.0 is 0.
Result<std::int64_t, IntegerError> parse_json_integer(std::string_view text) noexcept;

}  // namespace tickcast
