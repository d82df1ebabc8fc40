// Writes the JSON of a tick. A pure function; it runs once per tick and encoding, however many
// clients have subscribed.
#pragma once

#include "tickcast/model/quote.hpp"
#include "tickcast/model/ticker.hpp"

#include <cstddef>

namespace tickcast {

/// An upper bound of the size of a tick's JSON: 32 + 6·21 + 3·20 characters of values, and the
/// members' names.
inline constexpr std::size_t kMaxTickJson = 288;

/// Writes a tick (CONTRACT TIC-1), members in the order s p b a z bz az x t n, absent ones left
/// out, and returns its length. `out` has room for kMaxTickJson characters.
std::size_t encode_tick(Ticker const& ticker, Quote const& quote, char* out) noexcept;

}  // namespace tickcast
