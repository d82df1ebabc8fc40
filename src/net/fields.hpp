// Reads single header fields: media type, host. Pure functions.
#pragma once

#include "tickcast/net/http_types.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace tickcast {

inline std::string_view to_std(boost::beast::string_view text) noexcept {
    return {text.data(), text.size()};
}

/// A to Z alone, whatever the locale.
std::string to_lower(std::string_view text);

/// How often a field is there.
std::size_t count_fields(HttpHeader const& header, http::field field);

/// Content-Type in lower case without its parameters; nothing if there is none.
std::optional<std::string> media_type(HttpHeader const& header);

/// "host", "host:port", "[v6]" or "[v6]:port" to the host in lower case, without brackets; nothing
/// if it is none of these.
std::optional<std::string> host_without_port(std::string_view text);

/// localhost, 127.0.0.0/8 or ::1, as host_without_port gives them. Names are not resolved.
bool is_loopback_host(std::string_view host);

/// The label `method`.
Method method_label(http::verb verb) noexcept;

}  // namespace tickcast
