// Parses the body of POST /v1/ticks: all of it, or an error. Pure. Bound: the size of the body
// (--push-body-max); nesting costs neither stack nor heap.
#pragma once

#include "tickcast/base/result.hpp"
#include "tickcast/feed/push/push_format.hpp"
#include "tickcast/model/quote.hpp"
#include "tickcast/model/ticker.hpp"
#include "tickcast/protocol/error.hpp"

#include <string_view>
#include <vector>

namespace tickcast {

struct PushTick {
    Ticker ticker;
    TickUpdate update{};  ///< `ticker` (the id) is not set
};

/// Errors: invalid_json, invalid_type, unknown_field, invalid_ticker, out_of_range; each with
/// `line`, from 1: the line, or the array's element. Of several faults the first in the text
/// counts.
Result<std::vector<PushTick>> parse_push_body(std::string_view body, PushFormat format);

}  // namespace tickcast
