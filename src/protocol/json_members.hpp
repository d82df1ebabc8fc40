// Reads the members that several texts of clients share: lists of tickers, throttles. Makes the
// errors for wrong members. Pure functions.
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
std::optional<Error> read_strings(FlatMember& member, std::vector<std::string>& into);
/// Reads a whole number of milliseconds from 0 to kMaxThrottleMs. Errors: invalid_type if the
/// member is no number, otherwise bad_throttle.
std::optional<Error> read_throttle(FlatMember const& member, std::uint32_t& into);

Error unknown_member(FlatMember const& member);
Error invalid_type(std::string detail);

}  // namespace tickcast
