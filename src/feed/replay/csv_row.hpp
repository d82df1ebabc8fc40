// One row of the replay's CSV, as text and as values. Pure.
#pragma once

#include "feed/replay/csv_layout.hpp"
#include "tickcast/base/result.hpp"
#include "tickcast/metrics/reject_reason.hpp"
#include "tickcast/model/quote.hpp"
#include "tickcast/model/ticker.hpp"

#include <cstdint>
#include <string_view>

namespace tickcast {

struct CsvRow {
    std::int64_t ts_ns{0};  ///< Unix epoch, from 1990 to 2100
    Ticker ticker;
    TickUpdate update{};  ///< its ticker's id is not set
};

struct CsvFault {
    RejectReason reason{RejectReason::syntax};
    char const* what{""};
    CsvColumn column{CsvColumn::other};  ///< the one at fault, where it is one of ours
    std::string_view found{};            ///< the field at fault, else the row; of the text given
    bool open_quote{false};              ///< the row may go on in the next line
};

/// An empty field leaves its value unchanged; a row without any value is a fault.
Result<CsvRow, CsvFault> parse_csv_row(std::string_view line,
                                       CsvLayout const& layout = CsvLayout::standard()) noexcept;

/// The time of a row whatever else is in it, in its file's unit; nothing where it is unreadable.
std::optional<std::int64_t> whole_time_of(std::string_view line, CsvLayout const& layout) noexcept;

}  // namespace tickcast
