// Small functions over text that several modules need. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace tickcast {

constexpr bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

/// A letter of A to Z in either case, or a digit.
constexpr bool is_letter_or_digit(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c);
}

/// Changes A to Z only, whatever the locale.
constexpr char lower_case(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Appends `\xNN`: a byte that must not stand in a line as it is.
inline void append_hex_escape(char byte, std::string& out) {
    constexpr std::string_view kHex = "0123456789abcdef";
    auto const value = static_cast<unsigned char>(byte);
    out.append("\\x") += kHex[value >> 4U];
    out += kHex[value & 15U];
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
