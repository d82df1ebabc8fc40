// What stands behind a row of a listener's table. `State` is what the listener's calls work on.
#pragma once

#include "tickcast/http/http_handler.hpp"

namespace tickcast {

/// A request that was admitted; all outlive the call.
struct Call {
    HttpRequest const& request;
    Routed const& routed;
    ConnectionSlot const& client;  ///< whose quotas it is on
};

template <class State>
struct Operation {
    Awaitable<Outcome> (*answer)(State& state, Call call);
    /// Decides by the header in place of the row's facts, where it is there.
    Result<Admission, Refusal> (*admit)(State const& state, HttpHeader const& header,
                                        Routed const& routed){nullptr};
};

}  // namespace tickcast
