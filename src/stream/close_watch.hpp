// Reads a WebSocket client's frames on their way to Beast, and judges the client's close frame by
// the registry (IANA, WebSocket Close Code Number Registry). Beast judges it otherwise: it accepts
// codes above 4999, refuses 1014, and answers a reason that is not UTF-8 with 1002. It also takes a
// length of 2^63 or more for a message that is too big. A value; it keeps no bytes of the frames.
// Owner: the WebSocketStream, on the shard's thread.
#pragma once

#include "tickcast/base/utf8.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace tickcast {

/// Whether a client is allowed to close with this code (RFC 6455 section 7.4, and the registry;
/// CONTRACT END-8, END-9).
constexpr bool is_close_code(unsigned code) noexcept {
    if (code == 1004 || code == 1005 || code == 1006) return false;  // never on the wire
    return (code >= 1000 && code <= 1014) || (code >= 3000 && code <= 4999);
}

class CloseWatch {
public:
    /// Takes bytes that were read from the socket. Changes a close code 1014 in them to 1013, which
    /// Beast accepts.
    void pass(std::span<char> bytes) noexcept;
    /// The code to close with where Beast would answer the client's frames with `code`.
    unsigned answer(unsigned code) const noexcept;

private:
    enum class At : std::uint8_t {
        opcode,
        length,
        long_length,
        mask,
        payload,
        over,  ///< after the close frame, or after a frame that breaks the protocol: Beast reads no
               ///< further
    };

    void step(char& byte) noexcept;
    void begin_frame(unsigned char byte) noexcept;
    void read_length(unsigned char byte) noexcept;
    void end_length() noexcept;
    void begin_payload() noexcept;
    void read_close(char& byte) noexcept;
    bool is_control() const noexcept { return opcode_ >= 8; }

    std::uint64_t left_{0};   ///< bytes of the payload that are still to come
    std::uint32_t least_{0};  ///< the least value that a length of this width must have
    std::array<std::uint8_t, 4> mask_{};
    std::uint16_t code_{0};  ///< the code in the client's close frame
    At at_{At::opcode};
    std::uint8_t opcode_{0};
    std::uint8_t missing_{0};      ///< bytes of the length or the mask that are still to come
    std::uint8_t close_bytes_{0};  ///< bytes of a close frame's payload so far
    Utf8Check reason_{};
    bool in_message_{false};  ///< a fragment came, and more must follow
    bool bad_reason_{false};
    bool top_bit_{false};  ///< a length of 64 bits had its top bit set: the watch is over
};

}  // namespace tickcast
