// The form of a web origin (RFC 6454 section 6.2), as browsers send it in `Origin`.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tickcast {

inline constexpr auto kWebOriginForm = "an origin scheme://host[:port] without a path";

/// The origin in lower case; nothing if the text is not of the form.
std::optional<std::string> parse_web_origin(std::string_view text);

}  // namespace tickcast
