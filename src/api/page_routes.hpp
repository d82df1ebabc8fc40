// The web page, and what balancers ask.
#pragma once

#include "api/operation.hpp"
#include "tickcast/api/public_api.hpp"

#include <string_view>

namespace tickcast {

/// Files of the page; "/" where there is none.
inline constexpr std::string_view kPagePattern = "static";

Awaitable<Outcome> get_page(PublicApi::State& state, Call call);
Awaitable<Outcome> get_readyz(PublicApi::State& state, Call call);
Awaitable<Outcome> get_livez(PublicApi::State& state, Call call);

}  // namespace tickcast
