// Checks whether bytes are UTF-8 (RFC 3629, section 4); they may arrive in pieces. A value.
#pragma once

#include <cstdint>
#include <string_view>

namespace tickcast {

/// The byte order mark, which text in UTF-8 may begin with.
inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

class Utf8Check {
public:
    /// Adds the next byte; false once the bytes cannot become UTF-8 any more, whatever follows.
    constexpr bool add(char next) noexcept {
        auto const byte = static_cast<unsigned char>(next);
        if (missing_ == 0) return begin(byte);
        if (byte < least_ || byte > most_) return false;
        least_ = 0x80;
        most_ = 0xBF;
        --missing_;
        return true;
    }
    /// The bytes so far do not end within a character.
    constexpr bool complete() const noexcept { return missing_ == 0; }

private:
    constexpr bool begin(unsigned char byte) noexcept {
        if (byte < 0x80) return true;
        if (byte < 0xC2 || byte > 0xF4) return false;  // C0 and C1 would only write ASCII longer
        missing_ = byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3;
        // No longer form than need be, no surrogate, nothing past U+10FFFF.
        if (byte == 0xE0) least_ = 0xA0;
        if (byte == 0xED) most_ = 0x9F;
        if (byte == 0xF0) least_ = 0x90;
        if (byte == 0xF4) most_ = 0x8F;
        return true;
    }

    std::uint8_t missing_{0};
    std::uint8_t least_{0x80};  ///< of the next byte
    std::uint8_t most_{0xBF};
};

constexpr bool is_utf8(std::string_view text) noexcept {
    Utf8Check check;
    for (auto const byte : text) {
        if (!check.add(byte)) return false;
    }
    return check.complete();
}

}  // namespace tickcast
