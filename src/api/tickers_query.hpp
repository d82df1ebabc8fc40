// The query of GET /v1/quotes. A pure function.
#pragma once

#include "tickcast/protocol/error.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tickcast {

/// The names in the query `tickers=A,B`, as they are; `bad_query` if it is missing, empty, twice
/// there or not decodable. Other parameters are ignored.
Result<std::vector<std::string>> parse_tickers_query(std::string_view query);

}  // namespace tickcast
