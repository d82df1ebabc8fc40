// Small functions over text that several modules need. Pure; any thread.
#pragma once

#include <string_view>

namespace tickcast {

constexpr bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

/// Space and tab: HTTP and CSV both allow them around fields.
inline constexpr std::string_view kBlanks = " \t";

/// Without the blanks at its front.
constexpr std::string_view without_leading_blanks(std::string_view text) noexcept {
    auto const begin = text.find_first_not_of(kBlanks);
    text.remove_prefix(begin == std::string_view::npos ? text.size() : begin);
    return text;
}

/// Without the blanks around it.
constexpr std::string_view trimmed(std::string_view text) noexcept {
    text = without_leading_blanks(text);
    return text.substr(0, text.find_last_not_of(kBlanks) + 1);
}

}  // namespace tickcast
