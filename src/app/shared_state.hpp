// The objects that all threads of the process share; docs/ARCHITECTURE.md has the rule for each.
// Owner: the Application; outlives every thread and every loop.
#pragma once

#include "tickcast/config/settings.hpp"
#include "tickcast/model/ticker_table.hpp"
#include "tickcast/runtime/process_clock.hpp"
#include "tickcast/session/address_quotas.hpp"
#include "tickcast/session/session_map.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace tickcast {

struct SharedState {
    /// `wanted`: the settings as the operator gave them. Raises the limit of descriptors.
    explicit SharedState(Settings const& wanted);

    std::size_t const descriptors;  ///< how many may be open
    Settings const settings;        ///< the effective ones on this machine
    ProcessClock clock{};
    TickerTable tickers;
    AddressQuotas quotas;
    SessionMap sessions;

    // The control thread writes these, any thread reads them.
    std::atomic<bool> draining{false};
    std::atomic<bool> feed_live{true};
    std::atomic<bool> shards_turn{true};         ///< all loops did, at the last housekeeping
    std::atomic<std::int64_t> control_turns{0};  ///< how many turns of housekeeping there were
};

}  // namespace tickcast
