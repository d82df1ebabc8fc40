// Writes the JSON of a tick. A pure function; it runs once per tick, however many clients have
// subscribed.
#pragma once

#include <cstddef>

namespace tickcast {

class Ticker;
struct Quote;

/// An upper bound of the size of a tick's JSON: 32 + 6·21 + 3·20 characters of values, and the
/// members' names.
inline constexpr std::size_t kMaxTickJson = 288;

/// Writes a tick (CONTRACT TIC-1), members in the order s p b a z bz az x t n, absent ones left
/// out, and returns its length. `out` has room for kMaxTickJson characters.
std::size_t encode_tick_json(Ticker const& ticker, Quote const& quote, char* out) noexcept;

}  // namespace tickcast
