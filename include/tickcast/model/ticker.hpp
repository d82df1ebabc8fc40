// A ticker's name: 1 to 32 of the characters `A-Z 0-9 . - ^ = / : _ & + # @` (CONTRACT VAL-1). A
// value without heap memory.
#pragma once

#include "tickcast/base/strong_id.hpp"

#include <array>
#include <bit>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace tickcast {

/// The rule above, for error texts.
inline constexpr std::string_view kTickerForm = "1 to 32 of A-Z 0-9 . - ^ = / : _ & + # @";

class Ticker {
public:
    static constexpr std::size_t kMaxLength = 32;

    /// Folds lower case to upper; nothing if the text is no ticker.
    static std::optional<Ticker> parse(std::string_view text) noexcept;

    /// The name; kMaxLength characters from its begin may be read, whatever its length.
    std::string_view view() const noexcept { return {chars_.data(), length_}; }
    std::string str() const { return std::string{view()}; }

    friend bool operator==(Ticker const& a, Ticker const& b) noexcept {
        return a.chars_ == b.chars_;
    }
    /// The order of the texts. Compared by words, since the list of all tickers is sorted by it.
    friend std::strong_ordering operator<=>(Ticker const& a, Ticker const& b) noexcept {
        for (std::size_t at = 0; at < kMaxLength; at += sizeof(std::uint64_t)) {
            if (auto const order = a.word(at) <=> b.word(at); order != 0) return order;
        }
        return std::strong_ordering::equal;
    }

private:
    Ticker() = default;

    /// Eight characters as a word, the first one in the highest byte; zeros follow the name.
    std::uint64_t word(std::size_t at) const noexcept {
        static_assert(std::endian::native == std::endian::little);
        static_assert(kMaxLength % sizeof(std::uint64_t) == 0);
        std::uint64_t word = 0;
        std::memcpy(&word, chars_.data() + at, sizeof word);
        return __builtin_bswap64(word);
    }

    std::array<char, kMaxLength> chars_{};
    std::uint8_t length_{0};
};

/// A ticker's index in the TickerTable: dense from 0. It stands for the same name while the ticker
/// is known or held there.
using TickerId = StrongId<struct TickerIdTag, std::uint32_t>;

}  // namespace tickcast

template <>
struct std::hash<tickcast::Ticker> {
    std::size_t operator()(tickcast::Ticker const& ticker) const noexcept {
        return std::hash<std::string_view>{}(ticker.view());
    }
};
