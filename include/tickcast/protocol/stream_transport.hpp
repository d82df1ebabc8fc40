// The transports by which a stream reaches its client. Pure; any thread.
#pragma once

#include "tickcast/protocol/table.hpp"

#include <cstdint>
#include <string_view>

namespace tickcast {

enum class Transport : std::uint8_t { websocket, sse };

struct TransportRow {
    Transport value;
    std::string_view name;  ///< the label `transport` of tickcast_connections
};
inline constexpr std::array kTransportTable{
    TransportRow{Transport::websocket, "websocket"},
    TransportRow{Transport::sse, "sse"},
};
static_assert(covers_up_to(kTransportTable, Transport::sse));
inline constexpr std::size_t kTransports = kTransportTable.size();

constexpr std::string_view name(Transport transport) noexcept {
    return kTransportTable[index_of(transport)].name;
}

}  // namespace tickcast
