// Checks the host and port of a URI (RFC 3986 section 3.2), as Host and the absolute form of a
// target have them. Pure functions; any thread.
#pragma once

#include <string_view>

namespace tickcast {

/// Whether the text is empty, or a colon and zero or more digits.
bool is_port_suffix(std::string_view text) noexcept;

/// Whether the text is `uri-host [":" port]` (RFC 9110 section 7.2): a registered name (which can
/// be empty), an IPv4 address, or an IP literal in brackets. No user information.
bool is_host_and_port(std::string_view text);

}  // namespace tickcast
