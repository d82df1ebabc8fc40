// The handlers for sessions (CONTRACT.md, REST). Functions; on the shard's thread.
#pragma once

#include "api/operation.hpp"
#include "tickcast/api/public_api.hpp"

#include <string_view>

namespace tickcast {

inline constexpr std::string_view kSessionPattern = "/v1/sessions/{id}";
inline constexpr std::string_view kStreamPattern = "/v1/stream/{id}";

Awaitable<Outcome> post_session(PublicApi::State& state, Call call);
Awaitable<Outcome> get_session(PublicApi::State& state, Call call);
Awaitable<Outcome> patch_session(PublicApi::State& state, Call call);
Awaitable<Outcome> delete_session(PublicApi::State& state, Call call);

Refusal no_such_session();

}  // namespace tickcast
