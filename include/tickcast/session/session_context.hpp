// The objects that the code for sessions works on: REST calls and streams, on all shards. One per
// process. The objects outlive that code.
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
    /// Any well-formed ticker can be subscribed to: push is configured.
    bool accept_unknown_tickers{false};

    TickerRules ticker_rules() const noexcept {
        return {.max_tickers = settings.max_tickers_per_session,
                .accept_unknown = accept_unknown_tickers};
    }
};

}  // namespace tickcast
