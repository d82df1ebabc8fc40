// A tick as a feed gives it, the merged quote that it changes, and the table of the members that
// both have. Value types.
#pragma once

#include "tickcast/model/decimal.hpp"
#include "tickcast/model/ticker.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace tickcast {

/// One event of a source. A member without a value leaves the quote's value as it is.
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

/// The newest known values of a ticker; a member that was never given has no value.
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

    /// Takes over the values that the update has; the router sets time and sequence.
    void merge(TickUpdate const& update) noexcept;
};

/// A price or a size: a member that a tick may leave out (CONTRACT TIC-1).
struct QuoteMember {
    std::string_view name;    ///< in JSON
    std::string_view column;  ///< in a recording
    bool is_size;             ///< never negative; a price may be
    std::optional<Decimal> TickUpdate::* of_update;
    std::optional<Decimal> Quote::* of_quote;
};

/// In the order of a tick's JSON.
inline constexpr std::array<QuoteMember, 6> kQuoteMembers{{
    {"p", "last", false, &TickUpdate::last, &Quote::last},
    {"b", "bid", false, &TickUpdate::bid, &Quote::bid},
    {"a", "ask", false, &TickUpdate::ask, &Quote::ask},
    {"z", "last_size", true, &TickUpdate::last_size, &Quote::last_size},
    {"bz", "bid_size", true, &TickUpdate::bid_size, &Quote::bid_size},
    {"az", "ask_size", true, &TickUpdate::ask_size, &Quote::ask_size},
}};

}  // namespace tickcast
