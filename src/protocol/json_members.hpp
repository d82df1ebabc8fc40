// Reads the members that several texts of clients share: lists of tickers, throttles. Makes the
// errors for wrong members. Pure functions.
#pragma once

#include "protocol/flat_json.hpp"
#include "tickcast/base/result.hpp"
#include "tickcast/protocol/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tickcast {

/// Moves the member's strings out; the error (invalid_type) if it is no array of strings.
Result<std::vector<std::string>> read_strings(FlatMember& member);
/// Reads a whole number of milliseconds from 0 to kMaxThrottleMs. Errors: invalid_type if the
/// member is no number, otherwise bad_throttle.
Result<std::uint32_t> read_throttle(FlatMember const& member);

Error unknown_member(FlatMember const& member);
Error invalid_type(std::string detail);

}  // namespace tickcast
