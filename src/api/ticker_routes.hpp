// The handlers for tickers and their prices (CONTRACT.md, REST). Functions; on the shard's thread.
#pragma once

#include "api/operation.hpp"
#include "tickcast/api/public_api.hpp"

#include <cstddef>

namespace tickcast {

/// The most tickers in one `GET /v1/quotes`.
inline constexpr std::size_t kMaxQuotes = 400;  // CONTRACT API-6

Awaitable<Outcome> get_tickers(PublicApi::State& state, Call call);
Awaitable<Outcome> get_quotes(PublicApi::State& state, Call call);

}  // namespace tickcast
