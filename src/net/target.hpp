// A request's target: its path and query, and percent-decoding (RFC 3986). Pure functions.
#pragma once

#include "tickcast/base/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tickcast {

struct Target {
    std::string_view path{};
    std::string_view query{};  ///< without its '?'
};

/// Splits an origin-form or absolute-form target (RFC 9112 section 3.2); views into `target`.
Target split_target(std::string_view target) noexcept;

/// Nothing where a '%' is not followed by two hexadecimal digits.
std::optional<std::string> percent_decode(std::string_view text);

/// The names in the query `tickers=A,B`, as they are; `bad_query` if it is missing, empty or twice
/// there, not decodable, or has any other parameter.
Result<std::vector<std::string>> parse_tickers_query(std::string_view query);

}  // namespace tickcast
