// Turns the ticker names of a client's request into ticker ids, and changes a session by names: all
// or nothing. Functions, for any thread; they count limit hits. Bounds: --max-tickers-per-session,
// --max-known-tickers (422 too_many_tickers).
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

/// The names in upper case, without duplicates, in the order given; `invalid_ticker` lists all
/// ill-formed ones.
Result<std::vector<Ticker>> parse_tickers(std::span<std::string const> names);

struct TickerRules {
    std::size_t max_tickers{0};
    bool accept_unknown{false};  ///< a feed accepts any well-formed ticker (push)
};

/// Holds the tickers for a session; new ones get an id. Errors: invalid_ticker, too_many_tickers,
/// unknown_ticker; then no id is made.
Result<TickerHold> resolve_tickers(std::span<std::string const> names, TickerRules const& rules,
                                   TickerTable& table, ShardMetrics& metrics);

/// Applies a patch. `generation`: see SessionChange. Errors: as above, and no_such_session.
Result<SessionView> change_session(SessionMap& sessions, SessionId const& id,
                                   SessionPatch const& patch, TickerRules const& rules,
                                   TickerTable& table, ShardMetrics& metrics,
                                   std::optional<std::uint64_t> generation = {});

}  // namespace tickcast
