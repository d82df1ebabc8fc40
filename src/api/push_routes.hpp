// The handler of POST /v1/ticks, and the checks before it (CONTRACT PSH-10..14). Functions; on the
// control thread. Bound: --push-body-max.
#pragma once

#include "api/operation.hpp"
#include "tickcast/api/admin_api.hpp"

#include <string_view>

namespace tickcast {

inline constexpr std::string_view kTicksPattern = "/v1/ticks";

/// Refuses a web page with 403, a request without the token with 401 if the listener has a token,
/// and another type of body with 415.
Result<Admission, Refusal> admit_ticks(AdminApi::State const& state, HttpHeader const& header,
                                       Routed const& routed);

Awaitable<Outcome> post_ticks(AdminApi::State& state, Call call);

}  // namespace tickcast
