// Cuts an input into pieces, as a socket or a file gives its bytes. What is drawn is drawn from the
// input itself, so that the input alone repeats a run. One thread.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace tickcast::fuzz {

/// A generator of numbers, seeded by a text.
class Draws {
public:
    explicit Draws(std::string_view seed) noexcept {
        for (char const c : seed)  // FNV-1a
            state_ = (state_ ^ static_cast<unsigned char>(c)) * 0x0000'0100'0000'01B3;
    }
    /// From 0 to `limit` - 1.
    std::size_t below(std::size_t limit) noexcept {
        state_ += 0x9E37'79B9'7F4A'7C15;  // SplitMix64
        auto z = state_;
        z = (z ^ (z >> 30U)) * 0xBF58'476D'1CE4'E5B9;
        z = (z ^ (z >> 27U)) * 0x94D0'49BB'1331'11EB;
        return static_cast<std::size_t>((z ^ (z >> 31U)) % limit);
    }

private:
    std::uint64_t state_{0xCBF2'9CE4'8422'2325};
};

enum class Cut : std::uint8_t {
    whole,
    drawn,  ///< pieces of 1 to 64 bytes
    bytes,  ///< one byte at a time
};
/// The ways that give more than one piece.
inline constexpr std::array kCuts{Cut::drawn, Cut::bytes};

/// Calls `visit(piece)` for each piece, until it returns false. Each piece lies in memory of
/// exactly its size.
template <class Visit>
void for_each_piece(std::string_view text, Cut cut, Visit&& visit) {
    Draws draws{text};
    while (!text.empty()) {
        auto const size = cut == Cut::whole   ? text.size()
                          : cut == Cut::bytes ? 1
                                              : std::min(1 + draws.below(64), text.size());
        std::vector<char> const piece(text.begin(),
                                      text.begin() + static_cast<std::ptrdiff_t>(size));
        text.remove_prefix(size);
        if (!visit(std::string_view{piece.data(), piece.size()})) return;
    }
}

}  // namespace tickcast::fuzz
