// What a client takes for an answer (RFC 9110 section 12.5.1). Pure functions.
#pragma once

#include "tickcast/net/http_types.hpp"

namespace tickcast {

/// Whether Accept names text/event-stream itself, with a weight over 0. A wildcard is no wish for a
/// stream: every browser and curl send one.
bool accepts_event_stream(HttpHeader const& header);

}  // namespace tickcast
