// A ticker's name: 1 to 16 of `A-Z 0-9 . - ^ = / : _`, by value, without the heap.
#pragma once

#include "tickcast/base/strong_id.hpp"

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace tickcast {

class Ticker {
public:
    static constexpr std::size_t kMaxLength = 16;
    /// What `parse` accepts, for the text of errors.
    static constexpr std::string_view kRule = "1 to 16 of A-Z 0-9 . - ^ = / : _";

    /// Folds lower case to upper; nothing if the text is no ticker.
    static std::optional<Ticker> parse(std::string_view text) noexcept;

    /// Behind it kMaxLength characters in all may be read.
    std::string_view view() const noexcept { return {chars_.data(), length_}; }
    std::string str() const { return std::string{view()}; }

    friend bool operator==(Ticker const& a, Ticker const& b) noexcept {
        return a.view() == b.view();
    }
    friend auto operator<=>(Ticker const& a, Ticker const& b) noexcept {
        return a.view() <=> b.view();
    }

private:
    Ticker() = default;

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
