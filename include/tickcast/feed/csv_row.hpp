// One row of the replay's CSV, as text and as values. Pure.
#pragma once

#include "tickcast/base/result.hpp"
#include "tickcast/metrics/labels.hpp"
#include "tickcast/model/quote.hpp"
#include "tickcast/model/ticker.hpp"

#include <cstdint>
#include <string_view>

namespace tickcast {

inline constexpr std::string_view kCsvHeader =
    "ts_ns,ticker,bid,bid_size,ask,ask_size,last,last_size";

struct CsvRow {
    std::int64_t ts_ns{0};  ///< Unix epoch, not negative
    Ticker ticker;
    TickUpdate update{};  ///< its ticker's id is not set
};

struct CsvFault {
    RejectReason reason{RejectReason::syntax};
    char const* what{""};
};

/// An empty field leaves its value unchanged; a row without any value is a fault.
Result<CsvRow, CsvFault> parse_csv_row(std::string_view line) noexcept;

}  // namespace tickcast
