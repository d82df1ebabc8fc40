// Reads a number that is a whole text. Pure; any thread.
#pragma once

#include "tickcast/base/text.hpp"

#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

namespace tickcast {

/// The whole text as a number: decimal, without sign, white space or trailing characters. Nothing
/// for another text, and for a number beyond the type.
template <class Number>
std::optional<Number> parse_number(std::string_view text) noexcept {
    if (text.empty() || !is_digit(text.front())) return std::nullopt;
    Number number{};
    auto const* const end = text.data() + text.size();
    auto const [stop, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc{} || stop != end) return std::nullopt;
    return number;
}

}  // namespace tickcast
