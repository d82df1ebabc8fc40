#include "feed/replay/csv_row.hpp"

#include "feed/replay/csv_fields.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

namespace tickcast {
namespace {

/// The fields in the order of CsvColumn.
using Values = std::array<std::string_view, kCsvColumns>;

/// Splits a row in the usual order. Quotes and blanks stay in the values: such a value is no number
/// and no ticker.
bool split_usual(std::string_view line, Values& values) noexcept {
    for (std::size_t i = 0; i + 1 < values.size(); ++i) {
        auto const comma = line.find(',');
        if (comma == std::string_view::npos) return false;
        values[i] = line.substr(0, comma);
        line.remove_prefix(comma + 1);
    }
    values.back() = line;
    return line.find(',') == std::string_view::npos;
}

Result<void, CsvFault> split_any(std::string_view line, CsvLayout const& layout,
                                 Values& values) noexcept {
    CsvFields fields{line};
    std::size_t count = 0;
    while (auto const field = fields.next()) {
        auto const column = count < layout.size() ? layout[count] : CsvColumn::other;
        if (column != CsvColumn::other) values[static_cast<std::size_t>(column)] = *field;
        if (count >= layout.size() && !field->empty()) {
            return CsvFault{.what = "more fields than the header", .found = line};
        }
        ++count;
    }
    if (fields.fault() == CsvFields::Fault::open_quote) {
        return CsvFault{.what = "a quoted field is not closed", .found = line, .open_quote = true};
    }
    if (fields.fault() == CsvFields::Fault::after_quote) {
        return CsvFault{.what = "no comma follows a quoted field", .found = line};
    }
    if (count < layout.size()) {
        return CsvFault{.what = "fewer fields than the header", .found = line};
    }
    return {};
}

struct Column {
    std::optional<Decimal> TickUpdate::* value{nullptr};
    bool is_size{false};
};

/// The columns of quote members, in the order of CsvColumn.
constexpr std::size_t kFirstValue = static_cast<std::size_t>(CsvColumn::bid);
constexpr auto kColumns = [] {
    std::array<Column, kCsvColumns - kFirstValue> columns;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        for (auto const& member : kQuoteMembers) {
            if (member.column == kCsvNames[i + kFirstValue]) {
                columns[i] = {member.of_update, member.is_size};
            }
        }
    }
    return columns;
}();
static_assert(std::all_of(kColumns.begin(), kColumns.end(),
                          [](Column const& column) { return column.value != nullptr; }));

Result<void, CsvFault> parse_values(std::string_view line, Values const& values,
                                    TickUpdate& update) noexcept {
    bool any = false;
    for (std::size_t i = 0; i < kColumns.size(); ++i) {
        auto const text = values[i + kFirstValue];
        if (text.empty()) continue;
        auto const column = static_cast<CsvColumn>(i + kFirstValue);
        auto const value = Decimal::parse(text);
        if (!value) {
            if (value.error() == DecimalError::syntax) {
                return CsvFault{RejectReason::syntax, "not a number", column, text};
            }
            return CsvFault{RejectReason::range, "out of range, or more than 8 decimals", column,
                            text};
        }
        if (kColumns[i].is_size && *value < Decimal{}) {
            return CsvFault{RejectReason::range, "a negative size", column, text};
        }
        update.*kColumns[i].value = *value;
        any = true;
    }
    if (!any) return CsvFault{.what = "neither price nor size", .found = line};
    return {};
}

Result<CsvRow, CsvFault> row_of(std::string_view line, Values const& values,
                                TimeUnit unit) noexcept {
    auto const ts_ns = parse_source_time(values[0], unit);
    if (!ts_ns) {
        if (ts_ns.error() == TimeFault::syntax) {
            return CsvFault{RejectReason::syntax, "not a time", CsvColumn::time, values[0]};
        }
        return CsvFault{RejectReason::range, "outside 1990 to 2100", CsvColumn::time, values[0]};
    }
    auto const ticker = Ticker::parse(values[1]);
    if (!ticker) {
        return CsvFault{RejectReason::ticker, "not a ticker", CsvColumn::ticker, values[1]};
    }
    CsvRow row{*ts_ns, *ticker};
    auto const parsed = parse_values(line, values, row.update);
    if (!parsed) return parsed.error();
    row.update.source_time_us = *ts_ns / 1000;
    return row;
}

}  // namespace

Result<CsvRow, CsvFault> parse_csv_row(std::string_view line, CsvLayout const& layout) noexcept {
    Values values;
    if (layout.usual() && split_usual(line, values)) {
        auto row = row_of(line, values, layout.unit());
        if (row) return row;
    }
    // A row with quotes or blanks may still be good; if not, the full split below finds the reason.
    values = {};
    auto const split = split_any(line, layout, values);
    if (!split) return split.error();
    return row_of(line, values, layout.unit());
}

std::optional<std::int64_t> whole_time_of(std::string_view line, CsvLayout const& layout) noexcept {
    Values values{};
    if (!split_any(line, layout, values)) return std::nullopt;
    return whole_source_time(values[0]);
}

}  // namespace tickcast
