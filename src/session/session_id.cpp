#include "tickcast/session/session_id.hpp"

#include "tickcast/base/check.hpp"

#include <cerrno>
#include <cstddef>
#include <sys/random.h>

namespace tickcast {
namespace {

// RFC 4648 section 5, without padding: 16 bytes are 21 characters of 6 bits and one of 2.
constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::uint8_t kNoDigit = 0xff;

constexpr std::array<std::uint8_t, 256> kDigits = [] {
    std::array<std::uint8_t, 256> digits{};
    digits.fill(kNoDigit);
    for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
        digits[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
    }
    return digits;
}();

}  // namespace

SessionId SessionId::generate() {
    SessionId id;
    std::size_t filled = 0;
    while (filled < id.bytes_.size()) {
        auto const got = getrandom(id.bytes_.data() + filled, id.bytes_.size() - filled, 0);
        TICKCAST_CHECK(got > 0 || (got < 0 && errno == EINTR), "getrandom failed");
        if (got > 0) filled += static_cast<std::size_t>(got);
    }
    return id;
}

std::optional<SessionId> SessionId::parse(std::string_view text) noexcept {
    if (text.size() != kTextLength) return std::nullopt;
    SessionId id;
    std::size_t filled = 0;
    std::uint32_t bits = 0;
    unsigned bit_count = 0;
    for (char const character : text) {
        auto const digit = kDigits[static_cast<unsigned char>(character)];
        if (digit == kNoDigit) return std::nullopt;
        bits = bits << 6 | digit;
        bit_count += 6;
        if (bit_count >= 8) {
            bit_count -= 8;
            id.bytes_[filled++] = static_cast<std::uint8_t>(bits >> bit_count);
            bits &= (1U << bit_count) - 1;
        }
    }
    // Each ID has exactly one text: the last character's four unused bits are zero.
    if (bits != 0) return std::nullopt;
    return id;
}

std::string SessionId::str() const {
    std::string text;
    text.reserve(kTextLength);
    std::uint32_t bits = 0;
    unsigned bit_count = 0;
    for (std::uint8_t const byte : bytes_) {
        bits = bits << 8 | byte;
        bit_count += 8;
        while (bit_count >= 6) {
            bit_count -= 6;
            text += kAlphabet[bits >> bit_count & 63U];
        }
        bits &= (1U << bit_count) - 1;
    }
    text += kAlphabet[bits << (6 - bit_count) & 63U];
    return text;
}

}  // namespace tickcast
