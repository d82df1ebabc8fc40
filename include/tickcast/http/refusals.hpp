// The refusals that both listeners share, and the counting of their limits. Pure functions, any
// thread; `count_limit` on the thread of its metrics.
#pragma once

#include "tickcast/http/http_types.hpp"
#include "tickcast/http/refusal.hpp"
#include "tickcast/http/route_table.hpp"
#include "tickcast/metrics/shard_metrics.hpp"

#include <optional>

namespace tickcast {

/// The error for a body in a content coding: bodies are not decoded here (RFC 9110 sections 8.4 and
/// 12.5.3).
Refusal coding_not_supported();

/// The error for a client that connects while the process is about to end.
Error draining_error();

/// 404 or 405 for a request that the table has no row for. OPTIONS is not refused where the path
/// takes it.
std::optional<Refusal> refuse_by_table(HttpHeader const& header, Routed const& routed);

/// 503 or 415 for a request that the facts of its row refuse.
std::optional<Refusal> refuse_by_facts(HttpHeader const& header, RouteFacts const& facts,
                                       bool draining);

/// Counts the limit that a request hit while it was read.
void count_limit(ErrorCode code, Routed const& routed, ShardMetrics& metrics) noexcept;

}  // namespace tickcast
