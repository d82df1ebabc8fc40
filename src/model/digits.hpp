// Decimal digits of whole numbers, eight at a time in one machine word: a tick is mostly digits.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

namespace tickcast {

static_assert(std::endian::native == std::endian::little, "the first digit is the lowest byte");

inline constexpr std::uint64_t kEightDigits = 100'000'000;
inline constexpr std::uint64_t kZeros = 0x3030'3030'3030'3030;  // "00000000"

/// The digits of two numbers below 10^4, the second in the upper half of the word: four each,
/// leading zeros too, one a byte, the first one lowest. Splits both into pairs, these into digits,
/// each step for all at once; the factors are 2^20/100 and 2^10/10, rounded up, exact so far.
constexpr std::uint64_t twice_four_digits(std::uint64_t both) noexcept {
    auto const hundreds = both * 10'486 >> 20 & 0x0000'007F'0000'007F;
    auto const pairs = hundreds | (both - 100 * hundreds) << 16;
    auto const tens = pairs * 103 >> 10 & 0x000F'000F'000F'000F;
    return tens | (pairs - 10 * tens) << 8;
}

/// The eight digits of a number below 10^8.
constexpr std::uint64_t eight_digits(std::uint64_t value) noexcept {
    return twice_four_digits(value / 10'000 | value % 10'000 << 32);
}

/// Writes all eight digits of a number below 10^8.
inline char* write_eight_digits(std::uint64_t value, char* out) noexcept {
    auto const text = eight_digits(value) | kZeros;
    std::memcpy(out, &text, sizeof text);
    return out + sizeof text;
}

/// Writes a number below 10^8 without leading zeros; eight bytes of `out` may be overwritten.
inline char* write_up_to_eight_digits(std::uint64_t value, char* out) noexcept {
    auto const digits = eight_digits(value);
    // The last digit stays, though it be a zero.
    auto const zeros = std::countr_zero(digits | std::uint64_t{1} << 56) & ~7;
    auto const text = (digits | kZeros) >> zeros;
    std::memcpy(out, &text, sizeof text);
    return out + sizeof text - zeros / 8;
}

/// Writes any number; as many bytes of `out` as it has digits, and at least eight, may be
/// overwritten.
inline char* write_digits(std::uint64_t value, char* out) noexcept {
    if (value < kEightDigits) return write_up_to_eight_digits(value, out);
    auto const high = value / kEightDigits;
    if (high < kEightDigits) {
        out = write_up_to_eight_digits(high, out);
    } else {
        out = write_up_to_eight_digits(high / kEightDigits, out);
        out = write_eight_digits(high % kEightDigits, out);
    }
    return write_eight_digits(value % kEightDigits, out);
}

/// Writes the digits of a fraction of eight decimals, which is not zero, without trailing zeros;
/// eight bytes of `out` may be overwritten.
inline char* write_fraction(std::uint64_t value, char* out) noexcept {
    auto const digits = eight_digits(value);
    auto const text = digits | kZeros;
    std::memcpy(out, &text, sizeof text);
    return out + sizeof text - std::countl_zero(digits | 1) / 8;
}

/// Writes a number below 10^4 with four decimals, which are below 10^4 too, without needless zeros;
/// nine bytes of `out` may be overwritten.
inline char* write_four_and_four_digits(std::uint64_t whole, std::uint64_t decimals,
                                        char* out) noexcept {
    auto const digits = twice_four_digits(whole | decimals << 32);
    auto const zeros = std::countr_zero(digits | std::uint64_t{1} << 24) & ~7;
    auto const text = digits | kZeros;
    auto const before = static_cast<std::uint32_t>(text) >> zeros;
    std::memcpy(out, &before, sizeof before);
    out = out + sizeof before - zeros / 8;
    if (decimals == 0) return out;
    *out++ = '.';
    auto const after = static_cast<std::uint32_t>(text >> 32);
    std::memcpy(out, &after, sizeof after);
    return out + sizeof after - std::countl_zero(digits) / 8;
}

}  // namespace tickcast
