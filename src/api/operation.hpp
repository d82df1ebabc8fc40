// The handler of a row in a listener's table. Values; on the listener's thread. `State` is what the
// listener's handlers work on.
#pragma once

#include "tickcast/http/http_handler.hpp"

namespace tickcast {

/// A request that was admitted. All members outlive the call.
struct Call {
    HttpRequest const& request;
    Routed const& routed;
    ConnectionSlot const& client;  ///< the quotas of its address count the request
};

template <class State>
struct Operation {
    Awaitable<Outcome> (*answer)(State& state, Call call);
    /// If set, this function admits or refuses by the header, in place of the row's facts.
    Result<Admission, Refusal> (*admit)(State const& state, HttpHeader const& header,
                                        Routed const& routed){nullptr};
};

}  // namespace tickcast
