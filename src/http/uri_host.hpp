// The host and port of a URI (RFC 3986 section 3.2), as they stand in Host and in the absolute form
// of a target. Pure functions.
#pragma once

#include <string_view>

namespace tickcast {

/// Empty, or a colon and digits, of which there may be none.
bool is_port_suffix(std::string_view text) noexcept;

/// `uri-host [":" port]` (RFC 9110 section 7.2): a registered name (which may be empty), an IPv4
/// address, or an IP literal in brackets. No user information.
bool is_host_and_port(std::string_view text);

}  // namespace tickcast
