#include "http/parameters.hpp"

#include "tickcast/base/text.hpp"

#include <algorithm>
#include <cstddef>

namespace tickcast {

namespace {

bool is_token_without_backslashes(std::string_view quoted) noexcept {
    bool escaped = false;
    for (char const c : quoted) {
        bool const begins_pair = c == '\\' && !escaped;
        if (!begins_pair && !is_token_character(c)) return false;
        escaped = begins_pair;
    }
    return !quoted.empty();
}

bool take_value(std::string_view& rest, QuotedValue quoted) noexcept {
    if (!rest.starts_with('"')) return !take_token(rest).empty();
    auto const value = take_quoted_string(rest);
    return value && (quoted == QuotedValue::any || is_token_without_backslashes(*value));
}

/// Takes the character and the blanks around it.
bool take_separator(std::string_view& rest, char separator) noexcept {
    auto const after = without_leading_blanks(rest);
    if (!after.starts_with(separator)) return false;
    rest = without_leading_blanks(after.substr(1));
    return true;
}

}  // namespace

bool is_token_character(char c) noexcept {
    return is_letter_or_digit(c) ||
           std::string_view{"!#$%&'*+-.^_`|~"}.find(c) != std::string_view::npos;
}

bool is_text_character(char c) noexcept {
    return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
}

std::string_view take_token(std::string_view& rest) noexcept {
    auto const* const end = std::find_if_not(rest.begin(), rest.end(), is_token_character);
    auto const token = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
    rest.remove_prefix(token.size());
    return token;
}

std::optional<std::string_view> take_quoted_string(std::string_view& rest) noexcept {
    if (!rest.starts_with('"')) return std::nullopt;
    for (std::size_t i = 1; i < rest.size(); ++i) {
        if (rest[i] == '"') {
            auto const between = rest.substr(1, i - 1);
            rest.remove_prefix(i + 1);
            return between;
        }
        if (rest[i] == '\\') ++i;
        if (i < rest.size() && !is_text_character(rest[i])) return std::nullopt;
    }
    return std::nullopt;
}

bool take_parameters(std::string_view& rest, QuotedValue quoted) noexcept {
    while (take_separator(rest, ';')) {
        if (take_token(rest).empty()) return false;
        if (take_separator(rest, '=') && !take_value(rest, quoted)) return false;
    }
    return true;
}

}  // namespace tickcast
