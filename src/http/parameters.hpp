// Tokens, quoted strings and parameters in a field's value (RFC 9110 sections 5.6.2, 5.6.4, 5.6.6).
// Each function takes what it names off the front of `rest`. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tickcast {

bool is_token_character(char c) noexcept;
/// HTAB / SP / VCHAR / obs-text: all that a field's value and a quoted string may hold.
bool is_text_character(char c) noexcept;

/// Empty where `rest` begins with no token.
std::string_view take_token(std::string_view& rest) noexcept;
/// The text between the quotes, as it is written; nothing where `rest` begins with no quoted
/// string.
std::optional<std::string_view> take_quoted_string(std::string_view& rest) noexcept;

enum class QuotedValue : std::uint8_t {
    any,
    token,  ///< a token where the backslashes before characters are taken away
};

/// Takes *( BWS ";" BWS token [ BWS "=" BWS ( token / quoted-string ) ] ). False where a parameter
/// begins and is ill-formed.
bool take_parameters(std::string_view& rest, QuotedValue quoted) noexcept;

}  // namespace tickcast
