// Finds messages that Beast's parser accepts and RFC 9112 does not. Pure functions; any thread.
#pragma once

#include "tickcast/http/http_types.hpp"
#include "tickcast/protocol/error.hpp"

#include <optional>
#include <string_view>

namespace tickcast {

/// Whether a line of a header begins with white space (RFC 9112 section 5.2). `raw`: the header's
/// bytes; it can end early, and bytes after the empty line do not count.
bool has_folded_line(std::string_view raw) noexcept;

/// `bad_request` for a header whose message could be read in two ways (RFC 9112 sections 3.2 and
/// 6.1): it has no Host, two of them, or one that is no valid host; its target has none of the
/// forms; or its Transfer-Encoding is not a single `chunked`.
std::optional<Error> check_message(HttpHeader const& header);

}  // namespace tickcast
