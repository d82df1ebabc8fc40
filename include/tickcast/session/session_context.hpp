// What everything works on that serves sessions: REST calls and streams, on all shards. One per
// process; what it refers to outlives all of them.
#pragma once

#include "tickcast/base/clock.hpp"
#include "tickcast/config/settings.hpp"
#include "tickcast/model/ticker_table.hpp"
#include "tickcast/session/session_map.hpp"
#include "tickcast/session/session_tickers.hpp"
#include "tickcast/session/stream_commands.hpp"

namespace tickcast {

struct SessionContext {
    Settings const& settings;
    TickerTable& tickers;
    SessionMap& sessions;
    Clock const& clock;
    StreamCommands& streams;
    /// Push (or a bus) is configured: any well-formed ticker can be subscribed to.
    bool accept_unknown_tickers{false};

    TickerRules ticker_rules() const noexcept {
        return {.max_tickers = settings.max_tickers_per_session,
                .accept_unknown = accept_unknown_tickers};
    }
};

}  // namespace tickcast
