// The one encoder of WebSocket frame headers from server to client: final, unmasked (RFC 6455
// section 5.2). Pure functions; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tickcast {

enum class WsOpcode : std::uint8_t { text = 0x1, ping = 0x9 };

inline constexpr std::size_t kMaxWsHeader = 10;

/// How many bytes the header of a payload of this length takes: 2, 4 or 10.
constexpr std::size_t ws_header_size(std::size_t payload) noexcept {
    if (payload <= 125) return 2;
    return payload <= 65535 ? 4 : kMaxWsHeader;
}

/// Writes the header and returns its end; `out` has room for ws_header_size(payload).
inline char* write_ws_header(WsOpcode opcode, std::size_t payload, char* out) noexcept {
    auto put = [&out](std::size_t byte) { *out++ = static_cast<char>(byte & 0xFF); };
    put(0x80U | static_cast<std::size_t>(opcode));
    if (payload <= 125) {
        put(payload);
        return out;
    }
    int const bytes = payload <= 65535 ? 2 : 8;
    put(bytes == 2 ? 126 : 127);
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
        put(payload >> shift);
    return out;
}

/// Appends a whole text frame.
inline void append_text_frame(std::string_view payload, std::string& out) {
    char header[kMaxWsHeader];
    auto const* const end = write_ws_header(WsOpcode::text, payload.size(), header);
    out.append(header, static_cast<std::size_t>(end - header)).append(payload);
}

}  // namespace tickcast
