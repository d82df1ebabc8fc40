// Reads the bodies of POST and PATCH of sessions. Pure functions; their memory is bounded by the
// body.
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
    std::vector<std::string> tickers{};  ///< as the client wrote them, at least one
    std::uint32_t throttle_ms{0};
};

/// The change of a session that its client asks for; an absent member leaves the session as it is.
struct SessionPatch {
    std::vector<std::string> add{};
    std::vector<std::string> remove{};  ///< applied before `add`
    std::optional<std::uint32_t> throttle_ms{};
};

/// Errors of both: invalid_json (also for a duplicate member), invalid_type, unknown_field,
/// bad_throttle; empty_tickers at creation. A body that is no JSON gives invalid_json, whatever
/// else is wrong with it; of other faults the first one counts.
Result<SessionSpec> parse_session_body(std::string_view body);
Result<SessionPatch> parse_patch_body(std::string_view body);

}  // namespace tickcast
