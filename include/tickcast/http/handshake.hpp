// Checks the client's side of a WebSocket handshake before the upgrade (RFC 6455 section 4.2.1). A
// pure function; any thread.
#pragma once

#include "tickcast/http/http_types.hpp"

#include <cstdint>

namespace tickcast {

enum class Handshake : std::uint8_t {
    not_asked,      ///< no Upgrade to websocket
    other_version,  ///< a version that we don't speak: 426 with our version (section 4.4)
    malformed,
    fine,
};

Handshake check_handshake(HttpHeader const& header);

}  // namespace tickcast
