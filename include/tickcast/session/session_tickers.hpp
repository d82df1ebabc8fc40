// From the names that a client gives to ticker ids, and the change of a session by names: all or
// nothing. Any thread; counts limits. Bounds: --max-tickers-per-session, --max-known-tickers (422
// too_many_tickers).
#pragma once

#include "tickcast/metrics/shard_metrics.hpp"
#include "tickcast/model/ticker_table.hpp"
#include "tickcast/protocol/error.hpp"
#include "tickcast/protocol/session_body.hpp"
#include "tickcast/session/session_map.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tickcast {

/// Folded, without duplicates, in the order given; `invalid_ticker` names all that are ill-formed.
Result<std::vector<Ticker>> parse_tickers(std::span<std::string const> names);

struct TickerRules {
    std::size_t max_tickers{0};
    bool accept_unknown{false};  ///< push (or a bus) is configured: any well-formed ticker will do
};

/// The ids of a session's tickers, made where they are new. Errors: invalid_ticker,
/// too_many_tickers, unknown_ticker; then nothing is made.
Result<TickerHold> resolve_tickers(std::span<std::string const> names, TickerRules const& rules,
                                   TickerTable& table, ShardMetrics& metrics);

/// Applies a patch. `generation`: see SessionChange. Errors: as above, and no_such_session.
Result<SessionView> change_session(SessionMap& sessions, SessionId const& id,
                                   SessionPatch const& patch, TickerRules const& rules,
                                   TickerTable& table, ShardMetrics& metrics,
                                   std::optional<std::uint64_t> generation = {});

}  // namespace tickcast
