// What a request says of the representation it wants: media types and content codings (RFC 9110
// sections 12.5.1 and 12.5.3), and preconditions (section 13). Pure functions.
#pragma once

#include "tickcast/http/http_types.hpp"

#include <string_view>

namespace tickcast {

/// Whether Accept names text/event-stream itself, with a weight over 0. A wildcard is no wish for a
/// stream: every browser and curl send one.
bool accepts_event_stream(HttpHeader const& header);

/// Accept-Encoding allows gzip and does not like plain bytes better. False where it is absent: a
/// client that can has a reason not to say so.
bool prefers_gzip(HttpHeader const& header);

enum class Precondition : std::uint8_t { none, not_modified, failed };

/// If-Match and If-None-Match of a GET or HEAD against the tag of what would be sent. `failed` is
/// for 412. Times mean nothing here: no answer has a Last-Modified.
Precondition check_precondition(HttpHeader const& header, std::string_view etag);

}  // namespace tickcast
