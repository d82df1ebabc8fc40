// What the members of clients' JSON have in common: lists of tickers, throttles, and the errors for
// others. Pure functions.
#pragma once

#include "protocol/flat_json.hpp"
#include "tickcast/protocol/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tickcast {

/// Moves the member's strings to `into`; the error (invalid_type) if it is no array of strings.
std::optional<Error> take_strings(FlatMember& member, std::vector<std::string>& into);
/// A whole number of milliseconds from 0 to kMaxThrottleMs: invalid_type if it is no number, else
/// bad_throttle.
std::optional<Error> take_throttle(FlatMember const& member, std::uint32_t& into);

Error unknown_member(FlatMember const& member);
Error invalid_type(std::string detail);

}  // namespace tickcast
