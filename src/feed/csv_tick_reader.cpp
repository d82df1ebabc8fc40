#include "tickcast/feed/csv_tick_reader.hpp"

#include "tickcast/feed/csv_fields.hpp"
#include "tickcast/feed/file_form.hpp"
#include "tickcast/feed/first_times.hpp"
#include "tickcast/feed/shown_text.hpp"

#include <cstdlib>

namespace tickcast {
namespace {

using Status = LineReader::Status;

/// The line, without the mark that the file may begin with.
std::string_view unmarked(LineReader const& lines) noexcept {
    auto line = lines.line();
    if (lines.number() == 1 && line.starts_with(kByteOrderMark)) {
        line.remove_prefix(kByteOrderMark.size());
    }
    return line;
}

std::string nothing_in(LineReader const& lines) {
    if (!lines.fault().empty()) return lines.fault();
    return lines.source().is_gzip() ? "its gzip holds an empty file" : "it is empty";
}

/// `first`: the bytes that the text begins with; `why`: what is wrong with its header.
std::string refusal(LineReader const& lines, std::string_view first, std::string const& why) {
    auto const form = foreign_form(first);
    if (form.empty()) return why;
    return (lines.source().is_gzip() ? "its gzip holds " : "it is ") + std::string{form};
}

}  // namespace

Result<CsvTickReader, std::string> CsvTickReader::open(std::string const& path) {
    auto source = GzipReader::open(path);
    if (!source) return source.error();
    LineReader lines{*std::move(source)};
    std::string const first{lines.peek(kFormBytes)};
    if (first.empty()) return nothing_in(lines);
    if (auto const fault = find_header(lines)) return *fault;
    auto layout = CsvLayout::parse(unmarked(lines));
    if (!layout) return refusal(lines, first, layout.error());
    CsvTickReader reader{std::move(lines), *std::move(layout)};
    if (auto const fault = reader.look_ahead()) return *fault;
    return reader;
}

CsvTickReader::CsvTickReader(LineReader lines, CsvLayout layout)
    : lines_(std::move(lines)), layout_(std::move(layout)), header_line_(lines_.number()) {}

/// The first line that is not blank, whatever it holds.
std::optional<std::string> CsvTickReader::find_header(LineReader& lines) {
    for (;;) {
        auto const status = lines.next();
        if (status == Status::failed) return lines.fault();
        if (status == Status::end) return "it has no header, only blank lines";
        bool const blank = status == Status::line && without_blanks(unmarked(lines)).empty();
        if (!blank) return std::nullopt;
    }
}

std::optional<std::string> CsvTickReader::look_ahead() {
    FirstTimes times{layout_};
    while (!times.enough()) {
        auto const status = lines_.next();
        if (status == Status::end || status == Status::failed) break;
        if (status != Status::line) {
            times.add_unreadable();
        } else if (!without_blanks(lines_.line()).empty()) {
            times.add(lines_.number(), lines_.line());
        }
    }
    if (auto fault = times.fault()) return fault;
    anchor_ns_ = times.anchor_ns();
    rewind();
    return std::nullopt;
}

CsvTickReader::Item CsvTickReader::next() {
    switch (lines_.next()) {
        case Status::line:
            return item_of_line();
        case Status::too_long:
            return CsvFault{.what = "longer than 16384 bytes", .found = lines_.line()};
        case Status::skipping:
            return Skipping{};
        case Status::end:
            return End{};
        case Status::failed:
            break;
    }
    return End{lines_.fault(), lines_.source().failed_to_read()};
}

CsvTickReader::Item CsvTickReader::item_of_line() {
    auto const row = parse_csv_row(lines_.line(), layout_);
    if (row) return in_reach(*row);
    if (without_blanks(lines_.line()).empty()) return Skipping{};
    if (row.error().open_quote) return item_of_lines();
    return row.error();
}

/// A quoted field may hold line ends. Where that makes no good row of the lines together, the first
/// is a bad row by itself: one stray quote costs no other row.
CsvTickReader::Item CsvTickReader::item_of_lines() {
    for (int i = 0; i < kMaxMoreLines && lines_.extend(); ++i) {
        auto const row = parse_csv_row(lines_.line(), layout_);
        if (row) return in_reach(*row);
        if (!row.error().open_quote) break;
    }
    lines_.shrink();
    return parse_csv_row(lines_.line(), layout_).error();
}

CsvTickReader::Item CsvTickReader::in_reach(CsvRow const& row) noexcept {
    if (last_good_ns_ && std::abs(row.ts_ns - *last_good_ns_) > kMostNsBetweenRows) {
        return CsvFault{RejectReason::range, "more than 366 days from the last good row",
                        CsvColumn::time, lines_.line()};
    }
    last_good_ns_ = row.ts_ns;
    return row;
}

void CsvTickReader::rewind() {
    lines_.rewind();
    last_good_ns_ = anchor_ns_;
    // The header was right when we opened it; a file changed since is opened anew.
    while (lines_.number() < header_line_) {
        auto const status = lines_.next();
        if (status == Status::end || status == Status::failed) return;
    }
}

}  // namespace tickcast
