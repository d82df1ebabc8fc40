// A request's target: its form, authority, path and query, and percent-decoding (RFC 3986). Pure
// functions; no byte past a text is read.
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
    /// Of the absolute form, which then stands in for Host (RFC 9112 section 3.2.2).
    std::optional<std::string_view> authority{};
};

/// Splits an origin-form or absolute-form target (RFC 9112 section 3.2); views into `target`.
Target split_target(std::string_view target) noexcept;

/// Origin form, or absolute form of http or https with a host that is one and not empty (RFC 9110
/// section 4.2.1). Of CONNECT and `OPTIONS *` others are right.
bool is_plain_target(std::string_view target);

/// ALPHA / DIGIT / "-" / "." / "_" / "~" (RFC 3986 section 2.3).
bool is_unreserved(char c) noexcept;
/// The value of a hexadecimal digit, negative for other characters.
int hex_digit(char c) noexcept;
/// The octet that a `%XX` at the front of `text` stands for; negative if there is none.
int hex_octet(std::string_view text) noexcept;

/// Nothing where a '%' is not followed by two hexadecimal digits.
std::optional<std::string> percent_decode(std::string_view text);

/// The target with the unreserved characters of its path decoded, once (RFC 3986 section 6.2.2.2);
/// nothing where that changes nothing, or an escape in the path is malformed: such a path is that
/// of nothing.
std::optional<std::string> decode_unreserved(std::string_view target);

/// Cuts `text` at the first `separator` and returns what stood before it.
std::string_view take_until(std::string_view& text, char separator) noexcept;

}  // namespace tickcast
