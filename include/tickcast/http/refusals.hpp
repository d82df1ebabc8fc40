// The refusals that both listeners share, and the limits behind them. Pure functions, but for
// `count_limit`.
#pragma once

#include "tickcast/http/http_types.hpp"
#include "tickcast/http/refusal.hpp"
#include "tickcast/http/route_table.hpp"
#include "tickcast/metrics/shard_metrics.hpp"

#include <optional>

namespace tickcast {

/// A body in a coding that is not taken off here (RFC 9110 sections 8.4 and 12.5.3).
Refusal coding_not_supported();

/// For a client that comes while the process is about to end.
Error draining_error();

/// 404 and 405: what the table has no row for, but for OPTIONS where the path takes it.
std::optional<Refusal> refuse_by_table(HttpHeader const& header, Routed const& routed);

/// 503 and 415: what the facts of the row refuse.
std::optional<Refusal> refuse_by_facts(HttpHeader const& header, RouteFacts const& facts,
                                       bool draining);

/// Counts the limit that a request hit while it was read.
void count_limit(ErrorCode code, Routed const& routed, ShardMetrics& metrics) noexcept;

}  // namespace tickcast
