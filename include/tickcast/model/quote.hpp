// A tick as it comes in, and the merged quote that it changes. Value types.
#pragma once

#include "tickcast/model/decimal.hpp"
#include "tickcast/model/ticker.hpp"

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

}  // namespace tickcast
