// The client's side of a WebSocket handshake, checked before the upgrade (RFC 6455 section 4.2.1).
#pragma once

#include "tickcast/http/http_types.hpp"

#include <cstdint>

namespace tickcast {

enum class Handshake : std::uint8_t {
    not_asked,      ///< no Upgrade to websocket
    other_version,  ///< one that we don't speak: 426 with ours (section 4.4)
    malformed,
    fine,
};

Handshake check_handshake(HttpHeader const& header);

}  // namespace tickcast
