#include "tickcast/model/ticker.hpp"

namespace tickcast {
namespace {

/// Maps each character to its form in a ticker (upper case); 0 = not allowed.
constexpr std::array<char, 256> kFolded = [] {
    std::array<char, 256> folded{};
    auto const keep = [&](char c) { folded[static_cast<unsigned char>(c)] = c; };
    for (char c = '0'; c <= '9'; ++c)
        keep(c);
    for (char c = 'A'; c <= 'Z'; ++c) {
        keep(c);
        folded[static_cast<unsigned char>(c - 'A' + 'a')] = c;
    }
    for (char const c : std::string_view{".-^=/:_&+#@"})
        keep(c);
    return folded;
}();

}  // namespace

std::optional<Ticker> Ticker::parse(std::string_view text) noexcept {
    if (text.empty() || text.size() > kMaxLength) return std::nullopt;
    Ticker ticker;
    for (std::size_t i = 0; i < text.size(); ++i) {
        char const c = kFolded[static_cast<unsigned char>(text[i])];
        if (c == 0) return std::nullopt;
        ticker.chars_[i] = c;
    }
    ticker.length_ = static_cast<std::uint8_t>(text.size());
    return ticker;
}

}  // namespace tickcast
