// Makes a WebSocket client's frame (RFC 6455 section 5.2): masked, or unmasked where a test breaks
// that rule.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace tickcast::test {

/// `first_byte` is FIN, reserved bits and opcode as they are sent; the payload has at most 65535
/// bytes.
inline std::string client_frame(int first_byte, std::string_view payload, std::uint32_t mask_key,
                                bool masked = true) {
    std::string frame(1, static_cast<char>(first_byte));
    std::size_t const mask_bit = masked ? 0x80U : 0;
    if (payload.size() <= 125) {
        frame += static_cast<char>(mask_bit | payload.size());
    } else {
        frame += static_cast<char>(mask_bit | 126U);
        frame += static_cast<char>(payload.size() >> 8U);
        frame += static_cast<char>(payload.size() & 0xFFU);
    }
    if (!masked) return frame.append(payload);
    char mask[4];
    std::memcpy(mask, &mask_key, sizeof mask);
    frame.append(mask, sizeof mask);
    for (std::size_t i = 0; i < payload.size(); ++i)
        frame += static_cast<char>(payload[i] ^ mask[i % 4]);
    return frame;
}

}  // namespace tickcast::test
