#include "tickcast/feed/csv_row.hpp"

#include <array>
#include <charconv>
#include <cstddef>
#include <optional>

namespace tickcast {
namespace {

using Fields = std::array<std::string_view, 8>;

bool split(std::string_view line, Fields& fields) noexcept {
    for (std::size_t i = 0; i + 1 < fields.size(); ++i) {
        auto const comma = line.find(',');
        if (comma == std::string_view::npos) return false;
        fields[i] = line.substr(0, comma);
        line.remove_prefix(comma + 1);
    }
    fields.back() = line;
    return line.find(',') == std::string_view::npos;
}

struct Column {
    std::optional<Decimal> TickUpdate::* value;
    bool is_size;
};

// In the header's order, from `bid` on.
constexpr std::array<Column, 6> kColumns{{{&TickUpdate::bid, false},
                                          {&TickUpdate::bid_size, true},
                                          {&TickUpdate::ask, false},
                                          {&TickUpdate::ask_size, true},
                                          {&TickUpdate::last, false},
                                          {&TickUpdate::last_size, true}}};

std::optional<CsvFault> parse_values(Fields const& fields, TickUpdate& update) noexcept {
    bool any = false;
    for (std::size_t i = 0; i < kColumns.size(); ++i) {
        auto const text = fields[i + 2];
        if (text.empty()) continue;
        auto const value = Decimal::parse(text);
        if (!value) {
            if (value.error() == DecimalError::syntax) {
                return CsvFault{RejectReason::syntax, "a price or size is not a number"};
            }
            return CsvFault{RejectReason::range, "a price or size is out of range"};
        }
        if (kColumns[i].is_size && *value < Decimal{}) {
            return CsvFault{RejectReason::range, "a size is negative"};
        }
        update.*kColumns[i].value = *value;
        any = true;
    }
    if (!any) return CsvFault{RejectReason::syntax, "neither price nor size"};
    return std::nullopt;
}

}  // namespace

Result<CsvRow, CsvFault> parse_csv_row(std::string_view line) noexcept {
    Fields fields;
    if (!split(line, fields)) return CsvFault{RejectReason::syntax, "not 8 fields"};

    std::int64_t ts_ns = 0;
    auto const* const end = fields[0].data() + fields[0].size();
    auto const [stop, fault] = std::from_chars(fields[0].data(), end, ts_ns);
    if (fault == std::errc::invalid_argument || stop != end) {
        return CsvFault{RejectReason::syntax, "ts_ns is not an integer"};
    }
    if (fault != std::errc{} || ts_ns < 0) {
        return CsvFault{RejectReason::range, "ts_ns is out of range"};
    }
    auto const ticker = Ticker::parse(fields[1]);
    if (!ticker) return CsvFault{RejectReason::ticker, "not a ticker"};

    CsvRow row{ts_ns, *ticker};
    if (auto const bad = parse_values(fields, row.update)) return *bad;
    row.update.source_time_us = ts_ns / 1000;
    return row;
}

}  // namespace tickcast
