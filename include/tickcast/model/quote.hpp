// A tick as a feed gives it, and the merged quote that it changes. Value types.
#pragma once

#include "tickcast/model/decimal.hpp"
#include "tickcast/model/ticker.hpp"

#include <cstdint>
#include <optional>

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

}  // namespace tickcast
