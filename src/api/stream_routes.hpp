// The handler of GET of a stream: decides which request becomes a stream, and of which transport
// (CONTRACT.md, Stream). Functions; on the shard's thread.
#pragma once

#include "api/operation.hpp"
#include "tickcast/api/public_api.hpp"

namespace tickcast {

/// Refuses with 404, 503, 400 or 426; otherwise grants the stream. A client that comes back after
/// another client has taken over the session is neither refused nor granted: `get_stream` answers
/// it.
Result<Admission, Refusal> admit_stream(PublicApi::State const& state, HttpHeader const& header,
                                        Routed const& routed);

Awaitable<Outcome> get_stream(PublicApi::State& state, Call call);

}  // namespace tickcast
