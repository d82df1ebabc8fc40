// GET of a stream: what may become one, and how (CONTRACT.md, Stream).
#pragma once

#include "api/operation.hpp"
#include "tickcast/api/public_api.hpp"

namespace tickcast {

/// 404, 503, 400 and 426; else the stream, but for a client that comes back after another one has
/// taken over: it is neither refused nor granted, and gets what `get_stream` answers.
Result<Admission, Refusal> admit_stream(PublicApi::State const& state, HttpHeader const& header,
                                        Routed const& routed);

Awaitable<Outcome> get_stream(PublicApi::State& state, Call call);

}  // namespace tickcast
