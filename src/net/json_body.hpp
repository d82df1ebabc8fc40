// The body of POST /v1/sessions. A pure function; memory is bounded by the body, depth by
// kMaxJsonDepth.
#pragma once

#include "tickcast/base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tickcast {

inline constexpr std::uint32_t kMaxThrottleMs = 60'000;
/// Nothing in a session's body is deeper than 2; what is deeper than this is no honest mistake.
inline constexpr std::size_t kMaxJsonDepth = 32;

struct SessionSpec {
    std::vector<std::string> tickers{};  ///< as they are, at least one
    std::uint32_t throttle_ms{0};
};

/// Errors: invalid_json (also for a member that is there twice), invalid_type, unknown_field,
/// bad_throttle, empty_tickers. A body that is no JSON is that, whatever else is wrong with it; of
/// other faults the first one counts.
Result<SessionSpec> parse_session_body(std::string_view body);

}  // namespace tickcast
