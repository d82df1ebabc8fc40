#include "feed/replay/csv_tick_reader.hpp"

#include "feed/replay/file_form.hpp"
#include "tickcast/base/text.hpp"
#include "tickcast/base/utf8.hpp"

#include <cstdlib>

namespace tickcast {
namespace {

using Status = LineReader::Status;

/// The line, without the byte order mark that the file may begin with.
std::string_view unmarked(LineReader const& lines) noexcept {
    auto line = lines.line();
    if (lines.line_number() == 1 && line.starts_with(kByteOrderMark)) {
        line.remove_prefix(kByteOrderMark.size());
    }
    return line;
}

std::string nothing_in(LineReader const& lines) {
    if (!lines.fault().empty()) return lines.fault();
    return lines.source().is_gzip() ? "its gzip holds an empty file" : "it is empty";
}

/// `first`: the first bytes of the text; `why`: the fault of its header.
std::string refusal(LineReader const& lines, std::string_view first, std::string const& why) {
    auto const form = foreign_form(first);
    if (form.empty()) return why;
    return (lines.source().is_gzip() ? "its gzip holds " : "it is ") + std::string{form};
}

}  // namespace

Result<CsvTickReader, std::string> CsvTickReader::open(std::string const& path) {
    auto reader = begin(path);
    while (reader && !reader->ready()) {
        if (auto looked = reader->look_on(); !looked) return std::move(looked.error());
    }
    return reader;
}

Result<CsvTickReader, std::string> CsvTickReader::begin(std::string const& path) {
    auto source = GzipReader::open(path);
    if (!source) return source.error();
    return CsvTickReader{LineReader{*std::move(source)}};
}

Result<void, std::string> CsvTickReader::look_on() {
    switch (phase_) {
        case Phase::at_form:
            return look_at_form();
        case Phase::at_header:
            return look_for_header();
        case Phase::at_rows:
            return look_at_row();
        case Phase::ready:
            break;
    }
    return {};
}

Result<void, std::string> CsvTickReader::look_at_form() {
    auto const first = lines_.peek(kFormBytes);
    if (!first) return {};
    if (first->empty()) return nothing_in(lines_);
    form_ = *first;
    phase_ = Phase::at_header;
    return {};
}

/// The header is the first line that is not blank, whatever it holds.
Result<void, std::string> CsvTickReader::look_for_header() {
    auto const status = lines_.next();
    if (status == Status::failed) return lines_.fault();
    if (status == Status::end) return std::string{"it has no header, only blank lines"};
    bool const blank = status == Status::line && trimmed(unmarked(lines_)).empty();
    if (!blank && status != Status::skipping) return read_header();
    if (lines_.text_read() <= kMostLookedAt) return {};
    return std::string{"it has no header in its first MiB, only blank lines"};
}

Result<void, std::string> CsvTickReader::read_header() {
    auto layout = CsvLayout::parse(unmarked(lines_));
    if (!layout) return refusal(lines_, form_, layout.error());
    layout_ = *std::move(layout);
    header_line_ = lines_.line_number();
    header_ends_ = lines_.text_read();
    times_.emplace(layout_);
    phase_ = Phase::at_rows;
    return {};
}

Result<void, std::string> CsvTickReader::look_at_row() {
    auto const status = lines_.next();
    if (status == Status::end || status == Status::failed) return judge_times();
    if (status == Status::too_long) {
        times_->add_unreadable();
    } else if (status == Status::line && !trimmed(lines_.line()).empty()) {
        times_->add(lines_.line_number(), lines_.line());
    }
    bool const enough = lines_.text_read() - header_ends_ > kMostLookedAt;
    if (enough || times_->enough()) return judge_times();
    return {};
}

Result<void, std::string> CsvTickReader::judge_times() {
    if (auto fault = times_->fault()) return *std::move(fault);
    anchor_ns_ = times_->anchor_ns();
    times_.reset();
    form_.clear();
    phase_ = Phase::ready;
    rewind();
    return {};
}

CsvTickReader::Item CsvTickReader::next() {
    bool const behind_header = lines_.line_number() >= header_line_;
    auto const status = lines_.next();
    if (!behind_header && status != Status::end && status != Status::failed) return Skipping{};
    switch (status) {
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
    if (trimmed(lines_.line()).empty()) return Skipping{};
    if (row.error().open_quote) return item_of_lines();
    return row.error();
}

/// A quoted field may hold line ends. If the lines together are no good row, the first line is a
/// bad row by itself: one stray quote costs no other row.
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
    // `next` skips the rest if many blank lines come before the header. The header was right when
    // the file was opened; a file that changed since is opened again.
    constexpr int kFewLines = 64;
    for (int i = 0; i < kFewLines && lines_.line_number() < header_line_; ++i) {
        auto const status = lines_.next();
        if (status == Status::end || status == Status::failed) return;
    }
}

}  // namespace tickcast
