// Integers in JSON: `55`, `55.0` and `5.5e1` are the same one. Pure; no allocation, and time grows
// with the text alone, whatever its exponent says.
#pragma once

#include "tickcast/base/result.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace tickcast {

/// Why a text is no integer: no JSON number or one with a fraction, or more than 64 bits hold.
enum class IntegerError : std::uint8_t { not_integer, out_of_range };

/// The value of a whole JSON number (RFC 8259 section 6), if it is an integer.
Result<std::int64_t, IntegerError> parse_integer(std::string_view text) noexcept;

/// The same where the reason does not matter.
std::optional<std::int64_t> exact_integer(std::string_view text) noexcept;

}  // namespace tickcast
