// Reads the query of GET /v1/quotes. A pure function; any thread.
#pragma once

#include "tickcast/protocol/error.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tickcast {

/// The names in the query `tickers=A,B`, as they are; `bad_query` if `tickers` is missing, empty,
/// given twice or not decodable. Other parameters are ignored.
Result<std::vector<std::string>> parse_tickers_query(std::string_view query);

}  // namespace tickcast
