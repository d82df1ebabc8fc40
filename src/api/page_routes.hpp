// The handlers for the web page and for the health requests of load balancers. Functions; on the
// shard's thread.
#pragma once

#include "api/operation.hpp"
#include "tickcast/api/public_api.hpp"

#include <string_view>

namespace tickcast {

/// The pattern for files of the page, and for "/" if there is no page.
inline constexpr std::string_view kPagePattern = "static";

Awaitable<Outcome> get_page(PublicApi::State& state, Call call);
Awaitable<Outcome> get_readyz(PublicApi::State& state, Call call);
Awaitable<Outcome> get_livez(PublicApi::State& state, Call call);

}  // namespace tickcast
