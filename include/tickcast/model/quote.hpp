// A tick as it comes in, the merged quote it changes, and the JSON of that quote. Value types.
#pragma once

#include "tickcast/model/decimal.hpp"
#include "tickcast/model/ticker.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace tickcast {

/// One event of a source: what it leaves out keeps its value.
struct TickUpdate {
    TickerId ticker{};
    std::optional<Decimal> last{};
    std::optional<Decimal> last_size{};
    std::optional<Decimal> bid{};
    std::optional<Decimal> bid_size{};
    std::optional<Decimal> ask{};
    std::optional<Decimal> ask_size{};
    std::optional<std::int64_t> source_time_us{};  ///< microseconds since the Unix epoch
};

/// The newest known of a ticker; what was never known is absent.
struct Quote {
    std::optional<Decimal> last{};
    std::optional<Decimal> last_size{};
    std::optional<Decimal> bid{};
    std::optional<Decimal> bid_size{};
    std::optional<Decimal> ask{};
    std::optional<Decimal> ask_size{};
    std::optional<std::int64_t> source_time_us{};
    std::int64_t taken_in_us{0};  ///< `t` (CONTRACT TIC-3)
    std::uint64_t sequence{0};    ///< `n` (CONTRACT TIC-4); 0 = no tick yet

    /// Takes over what the update has; time and sequence are the router's.
    void merge(TickUpdate const& update) noexcept;
};

/// An upper bound of a tick's JSON: 16 + 6·21 + 3·20 characters of values, and the members' names.
inline constexpr std::size_t kMaxTickJson = 288;

/// Writes a tick (CONTRACT TIC-1), members in the order s p b a z bz az x t n, absent ones left
/// out, and returns its length. `out` has room for kMaxTickJson characters.
std::size_t encode_tick(Ticker const& ticker, Quote const& quote, char* out) noexcept;

}  // namespace tickcast
