// Reads which representation a request wants: media types and content codings (RFC 9110 sections
// 12.5.1 and 12.5.3), and preconditions (section 13). Pure functions; any thread.
#pragma once

#include "tickcast/http/http_types.hpp"

#include <string_view>

namespace tickcast {

/// Whether Accept names text/event-stream itself, with a weight over 0. A wildcard does not ask for
/// a stream: every browser and curl send one.
bool accepts_event_stream(HttpHeader const& header);

/// Whether Accept-Encoding allows gzip and does not prefer plain bytes. False where the field is
/// absent: a client that accepts gzip and does not say so has a reason.
bool prefers_gzip(HttpHeader const& header);

enum class Precondition : std::uint8_t { none, not_modified, failed };

/// Compares If-Match and If-None-Match of a GET or HEAD with the tag of the representation that
/// would be sent. `failed` means 412. Preconditions with times are ignored: no answer has a
/// Last-Modified.
Precondition check_precondition(HttpHeader const& header, std::string_view etag);

}  // namespace tickcast
