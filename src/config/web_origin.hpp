// Parses a web origin (RFC 6454 section 6.2), as browsers send it in `Origin`. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tickcast {

inline constexpr auto kWebOriginForm = "an origin scheme://host[:port] without a path";

/// The origin in lower case; nothing if the text does not have the form.
std::optional<std::string> parse_web_origin(std::string_view text);

}  // namespace tickcast
