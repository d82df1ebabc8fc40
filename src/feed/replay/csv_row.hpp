// Parses one row of the replay's CSV. Pure.
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
    TickUpdate update{};  ///< `ticker` (the id) is not set
};

struct CsvFault {
    RejectReason reason{RejectReason::syntax};
    char const* what{""};
    CsvColumn column{CsvColumn::other};  ///< the column at fault, if it is one of ours
    std::string_view found{};  ///< the field at fault, otherwise the row; a view of the given text
    bool open_quote{false};    ///< the row may continue in the next line
};

/// An empty field leaves its value unchanged; a row without any value is a fault.
Result<CsvRow, CsvFault> parse_csv_row(std::string_view line,
                                       CsvLayout const& layout = CsvLayout::standard()) noexcept;

/// The time of a row in its file's unit, whatever the other fields hold; nothing where the time is
/// unreadable.
std::optional<std::int64_t> whole_time_of(std::string_view line, CsvLayout const& layout) noexcept;

}  // namespace tickcast
