// The bodies of POST and PATCH of sessions. Pure functions; memory is bounded by the body.
#pragma once

#include "net/flat_json.hpp"
#include "tickcast/base/result.hpp"
#include "tickcast/net/session_tickers.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tickcast {

inline constexpr std::uint32_t kMaxThrottleMs = 60'000;  // CONTRACT API-12

struct SessionSpec {
    std::vector<std::string> tickers{};  ///< as they are, at least one
    std::uint32_t throttle_ms{0};
};

/// Errors of both: invalid_json (also for a member that is there twice), invalid_type,
/// unknown_field, bad_throttle; empty_tickers at creation. A body that is no JSON is that, whatever
/// else is wrong with it; of other faults the first one counts.
Result<SessionSpec> parse_session_body(std::string_view body);
Result<SessionPatch> parse_patch_body(std::string_view body);

}  // namespace tickcast
