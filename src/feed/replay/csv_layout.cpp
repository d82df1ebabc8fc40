#include "feed/replay/csv_layout.hpp"

#include "feed/replay/csv_fields.hpp"
#include "feed/replay/shown_text.hpp"
#include "tickcast/base/check.hpp"
#include "tickcast/base/text.hpp"

#include <algorithm>
#include <optional>

namespace tickcast {
namespace {

std::string lower(std::string_view text) {
    std::string out{text};
    std::transform(out.begin(), out.end(), out.begin(), lower_case);
    return out;
}

std::optional<TimeUnit> unit_named(std::string_view name) noexcept {
    for (auto const unit : kTimeUnits) {
        if (name == column_of(unit)) return unit;
    }
    return std::nullopt;
}

CsvColumn column_named(std::string_view name) noexcept {
    if (unit_named(name)) return CsvColumn::time;
    auto const found = std::find(kCsvNames.begin() + 1, kCsvNames.end(), name);
    return static_cast<CsvColumn>(found - kCsvNames.begin());
}

/// The names in the header; nothing if the header is not one record.
std::optional<std::vector<std::string>> names_in(std::string_view header) {
    std::vector<std::string> names;
    CsvFields fields{header};
    while (auto const field = fields.next())
        names.push_back(lower(*field));
    if (fields.fault() != CsvFields::Fault::none) return std::nullopt;
    while (!names.empty() && names.back().empty())
        names.pop_back();  // spreadsheets pad rows with empty fields
    return names;
}

std::size_t ours_in(std::vector<std::string> const& names) {
    auto const is_ours = [](auto const& name) { return column_named(name) != CsvColumn::other; };
    return static_cast<std::size_t>(std::count_if(names.begin(), names.end(), is_ours));
}

/// Another separator that gives more of our columns than commas do; 0 if none does.
char other_separator(std::string_view header) {
    for (char const separator : {';', '\t', '|'}) {
        std::string text{header};
        std::replace(text.begin(), text.end(), separator, ',');
        auto const names = names_in(text);
        if (names && ours_in(*names) > 2) return separator;
    }
    return 0;
}

std::string in_line(std::string_view header) {
    return " (the first line is '" + shown_text(header) + "')";
}

/// The error for a first line that has next to no column of ours.
std::string no_header(std::string_view header) {
    if (char const separator = other_separator(header); separator != 0) {
        auto const shown =
            separator == '\t' ? std::string{"tabs"} : std::string{'\'', separator, '\''};
        return "its columns are separated by " + shown + ", not by commas" + in_line(header);
    }
    return "the first line is '" + shown_text(header) + "', not a header with the columns " +
           std::string{kCsvHeader} + " (ts_us, ts_ms or ts_s may stand for ts_ns)";
}

std::string missing(std::vector<std::string> const& names) {
    std::string list;
    for (std::size_t i = 0; i < kCsvColumns; ++i) {
        auto const is_it = [i](auto const& name) {
            return column_named(name) == static_cast<CsvColumn>(i);
        };
        if (std::any_of(names.begin(), names.end(), is_it)) continue;
        list += list.empty() ? "" : ", ";
        list += i == 0 ? "ts_ns (or ts_us, ts_ms, ts_s)" : std::string{kCsvNames[i]};
    }
    return list;
}

/// The first column of ours that is there twice; empty if none is.
std::string twice(std::vector<std::string> const& names) {
    std::array<std::string, kCsvColumns> seen;
    for (auto const& name : names) {
        auto const column = column_named(name);
        if (column == CsvColumn::other) continue;
        auto& before = seen[static_cast<std::size_t>(column)];
        if (before == name) return std::string{"its column "}.append(name) + " is there twice";
        if (!before.empty()) {
            std::string text{"it has two columns of times, "};
            return text.append(before).append(" and ").append(name);
        }
        before = name;
    }
    return {};
}

}  // namespace

Result<CsvLayout, std::string> CsvLayout::parse(std::string_view header) {
    if (header.find('\r') != std::string_view::npos) {
        return "its lines end in CR alone: save it with LF or CRLF" + in_line(header);
    }
    auto const names = names_in(header);
    if (!names || ours_in(*names) == 0) return no_header(header);
    if (auto fault = twice(*names); !fault.empty()) return fault + in_line(header);
    if (auto const list = missing(*names); !list.empty()) {
        if (ours_in(*names) < 2 && other_separator(header) != 0) return no_header(header);
        auto const plural =
            list.find(", ") != std::string::npos && list != "ts_ns (or ts_us, ts_ms, ts_s)";
        return (plural ? "its header lacks the columns " : "its header lacks the column ") + list +
               in_line(header);
    }
    CsvLayout layout;
    for (auto const& name : *names) {
        layout.columns_.push_back(column_named(name));
        if (auto const unit = unit_named(name)) layout.unit_ = *unit;
    }
    auto const in_order = [&layout](std::size_t i) {
        return layout.columns_[i] == static_cast<CsvColumn>(i);
    };
    layout.usual_ = layout.size() == kCsvColumns;
    for (std::size_t i = 0; layout.usual_ && i < kCsvColumns; ++i)
        layout.usual_ = in_order(i);
    return layout;
}

CsvLayout const& CsvLayout::standard() {
    static CsvLayout const layout = [] {
        auto parsed = parse(kCsvHeader);
        TICKCAST_CHECK(parsed, "the usual header is no header");
        return *std::move(parsed);
    }();
    return layout;
}

std::string_view CsvLayout::name_of(CsvColumn column) const noexcept {
    if (column == CsvColumn::time) return column_of(unit_);
    return column == CsvColumn::other ? "" : kCsvNames[static_cast<std::size_t>(column)];
}

}  // namespace tickcast
