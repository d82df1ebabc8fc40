// Reads a request's target: its form, authority, path and query, and percent-decoding (RFC 3986).
// Pure functions, any thread; they read no byte past the end of a text.
#pragma once

#include "tickcast/base/text.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace tickcast {

/// The target of `OPTIONS *` (RFC 9112 section 3.2.4).
inline constexpr std::string_view kServerAsAWhole = "*";

struct Target {
    std::string_view path{};
    std::string_view query{};  ///< without its '?'
    /// Set for the absolute form; it then replaces Host (RFC 9112 section 3.2.2).
    std::optional<std::string_view> authority{};
};

/// Splits an origin-form or absolute-form target (RFC 9112 section 3.2). The result has views into
/// `target`.
Target split_target(std::string_view target) noexcept;

/// Whether the target has the origin form, or the absolute form of http or https with a valid host
/// that is not empty (RFC 9110 section 4.2.1), and neither a fragment nor a character outside
/// visible ASCII. CONNECT and `OPTIONS *` have other valid forms.
bool is_plain_target(std::string_view target);
/// Whether the target has the form of CONNECT: a host and a port (RFC 9112 section 3.2.3).
bool is_authority_target(std::string_view target);

/// Whether `c` is ALPHA / DIGIT / "-" / "." / "_" / "~" (RFC 3986 section 2.3).
bool is_unreserved(char c) noexcept;
/// The value of a hexadecimal digit, negative for other characters.
int hex_digit(char c) noexcept;
/// The octet that a `%XX` at the front of `text` stands for; negative if there is none.
int hex_octet(std::string_view text) noexcept;

/// The decoded text; nothing where two hexadecimal digits do not follow a '%'.
std::optional<std::string> percent_decode(std::string_view text);

/// The target with the unreserved characters of its path decoded, once (RFC 3986 section 6.2.2.2);
/// nothing where this changes nothing. Also nothing where an escape in the path is malformed: no
/// file or row has such a path.
std::optional<std::string> decode_unreserved(std::string_view target);

/// Cuts `text` after the first `separator`, and returns the part before that separator.
std::string_view take_until(std::string_view& text, char separator) noexcept;

}  // namespace tickcast
