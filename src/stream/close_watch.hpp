// Sees a WebSocket client's frames on their way to Beast, to judge its close frame by the registry
// (IANA, WebSocket Close Code Number Registry) where Beast does not: Beast takes codes above 4999,
// refuses 1014, and says 1002 of a reason that is not UTF-8. One stream's; a value.
#pragma once

#include "tickcast/base/utf8.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace tickcast {

/// Whether a client may close with this code (RFC 6455 section 7.4, and the registry; CONTRACT
/// END-8, END-9).
constexpr bool is_close_code(unsigned code) noexcept {
    if (code == 1004 || code == 1005 || code == 1006) return false;  // never on the wire
    return (code >= 1000 && code <= 1014) || (code >= 3000 && code <= 4999);
}

class CloseWatch {
public:
    /// Bytes that were read. 1014 becomes 1013 in them, which Beast takes.
    void pass(std::span<char> bytes) noexcept;
    /// What to close with where Beast answers the client's frames with `code`.
    unsigned answer(unsigned code) const noexcept;

private:
    enum class At : std::uint8_t {
        opcode,
        length,
        long_length,
        mask,
        payload,
        over,  ///< behind the close frame, or a frame that breaks the protocol: Beast ends here
    };

    void step(char& byte) noexcept;
    void begin_frame(unsigned char byte) noexcept;
    void take_length(unsigned char byte) noexcept;
    void end_length() noexcept;
    void begin_payload() noexcept;
    void take_close(char& byte) noexcept;
    bool is_control() const noexcept { return opcode_ >= 8; }

    std::uint64_t left_{0};   ///< of the payload
    std::uint32_t least_{0};  ///< that a longer length may say
    std::array<std::uint8_t, 4> mask_{};
    std::uint16_t code_{0};  ///< the client's own
    At at_{At::opcode};
    std::uint8_t opcode_{0};
    std::uint8_t missing_{0};  ///< bytes of the length or the mask
    std::uint8_t taken_{0};    ///< bytes of a close frame's payload
    Utf8Check reason_{};
    bool in_message_{false};  ///< a fragment came, and more have to
    bool bad_reason_{false};
};

}  // namespace tickcast
