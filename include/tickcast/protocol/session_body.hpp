// The bodies of POST and PATCH of sessions. Pure functions; memory is bounded by the body.
#pragma once

#include "tickcast/protocol/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tickcast {

inline constexpr std::uint32_t kMaxThrottleMs = 60'000;  // CONTRACT API-12

struct SessionSpec {
    std::vector<std::string> tickers{};  ///< as they are, at least one
    std::uint32_t throttle_ms{0};
};

/// What a session shall become, as its client says it; what is not there stays as it is.
struct SessionPatch {
    std::vector<std::string> add{};
    std::vector<std::string> remove{};  ///< goes before `add`
    std::optional<std::uint32_t> throttle_ms{};
};

/// Errors of both: invalid_json (also for a member that is there twice), invalid_type,
/// unknown_field, bad_throttle; empty_tickers at creation. A body that is no JSON is that, whatever
/// else is wrong with it; of other faults the first one counts.
Result<SessionSpec> parse_session_body(std::string_view body);
Result<SessionPatch> parse_patch_body(std::string_view body);

}  // namespace tickcast
