// Writes decimal digits of whole numbers, eight at a time in one machine word: a tick is mostly
// digits. Pure functions; any thread.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

namespace tickcast {

static_assert(std::endian::native == std::endian::little, "the first digit is the lowest byte");

inline constexpr std::uint64_t kEightDigits = 100'000'000;
inline constexpr std::uint64_t kZeros = 0x3030'3030'3030'3030;  // "00000000"

/// The eight digits of a number below 10^8 with leading zeros, one per byte, the first digit in the
/// lowest byte. The number is split into halves of four digits, these into pairs, these into
/// digits, each step for all parts at once. The factors are 2^20/100 and 2^10/10, rounded up; in
/// this range the results are exact. `a + (b - 100·a << 16)` is computed as `(b << 16) -
/// a·(100·2^16 - 1)`.
constexpr std::uint64_t eight_digits(std::uint64_t value) noexcept {
    auto const halves = value / 10'000 | value % 10'000 << 32;
    auto const hundreds = halves * 10'486 >> 20 & 0x0000'007F'0000'007F;
    auto const pairs = (halves << 16) - hundreds * ((100U << 16) - 1);
    auto const tens = pairs * 103 >> 10 & 0x000F'000F'000F'000F;
    return (pairs << 8) - tens * ((10U << 8) - 1);
}

/// How many bits the leading zero digits have; the digits are not all zero.
constexpr unsigned leading_zero_bits(std::uint64_t digits) noexcept {
    return static_cast<unsigned>(std::countr_zero(digits)) & ~7U;
}

/// How many zero digits follow the last digit that is not zero; there is one.
constexpr unsigned trailing_zeros(std::uint64_t digits) noexcept {
    return static_cast<unsigned>(std::countl_zero(digits | 1)) / 8;
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
    // The last digit is written even if it is a zero.
    auto const zeros = leading_zero_bits(digits | std::uint64_t{1} << 56);
    auto const text = (digits | kZeros) >> zeros;
    std::memcpy(out, &text, sizeof text);
    return out + sizeof text - zeros / 8;
}

/// Writes any number. As many bytes of `out` as the number has digits may be overwritten, and at
/// least eight.
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
    return out + sizeof text - trailing_zeros(digits);
}

/// Writes a number of four decimals, given times 10^4 and below 10^8, without trailing zeros; nine
/// bytes of `out` may be overwritten.
inline char* write_four_decimals(std::uint64_t times_10_000, char* out) noexcept {
    auto const digits = eight_digits(times_10_000);
    auto const text = digits | kZeros;
    auto const zeros = leading_zero_bits(digits | std::uint64_t{1} << 24);
    auto const before = static_cast<std::uint32_t>(text) >> zeros;
    std::memcpy(out, &before, sizeof before);
    out += sizeof before - zeros / 8;
    if (digits >> 32 == 0) return out;
    *out++ = '.';
    auto const after = static_cast<std::uint32_t>(text >> 32);
    std::memcpy(out, &after, sizeof after);
    return out + sizeof after - trailing_zeros(digits);
}

/// Writes any value times 10^8 (Decimal) as the shortest JSON number: no trailing zeros, no
/// exponent. No more than Decimal::kMaxTextLength bytes of `out` are overwritten.
inline char* write_decimal(std::int64_t raw, char* out) noexcept {
    auto magnitude = static_cast<std::uint64_t>(raw);
    if (raw < 0) {
        *out++ = '-';
        magnitude = 0 - magnitude;
    }
    // Nearly all prices and sizes: all their digits at once.
    auto const times_10_000 = magnitude / 10'000;
    if (times_10_000 * 10'000 == magnitude && times_10_000 < kEightDigits) {
        return write_four_decimals(times_10_000, out);
    }
    out = write_digits(magnitude / kEightDigits, out);
    auto const fraction = magnitude % kEightDigits;
    if (fraction == 0) return out;
    *out++ = '.';
    return write_fraction(fraction, out);
}

}  // namespace tickcast
