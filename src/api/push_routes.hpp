// POST /v1/ticks, and the guards before it (CONTRACT PSH-10..14).
#pragma once

#include "api/operation.hpp"
#include "tickcast/api/admin_api.hpp"

#include <string_view>

namespace tickcast {

inline constexpr std::string_view kTicksPattern = "/v1/ticks";

/// 403 to web pages, 401 without the token where there is one, 415.
Result<Admission, Refusal> admit_ticks(AdminApi::State const& state, HttpHeader const& header,
                                       Routed const& routed);

Awaitable<Outcome> post_ticks(AdminApi::State& state, Call call);

}  // namespace tickcast
