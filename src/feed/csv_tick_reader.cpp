#include "tickcast/feed/csv_tick_reader.hpp"

namespace tickcast {

Result<CsvTickReader, std::string> CsvTickReader::open(std::string const& path) {
    auto source = GzipReader::open(path);
    if (!source) return source.error();
    LineReader lines{*std::move(source)};
    auto const status = lines.next();
    if (status == LineReader::Status::failed) return path + ": " + lines.fault();
    if (status != LineReader::Status::line || lines.line() != kCsvHeader) {
        return path + ": the first line is not '" + std::string{kCsvHeader} + "'";
    }
    return CsvTickReader{std::move(lines)};
}

CsvTickReader::Item CsvTickReader::next() {
    switch (lines_.next()) {
        case LineReader::Status::line: {
            auto const row = parse_csv_row(lines_.line());
            if (!row) return row.error();
            return *row;
        }
        case LineReader::Status::too_long:
            return CsvFault{RejectReason::syntax, "longer than 1024 bytes"};
        case LineReader::Status::skipping:
            return Skipping{};
        case LineReader::Status::end:
            return End{};
        case LineReader::Status::failed:
            break;
    }
    return End{lines_.fault()};
}

void CsvTickReader::rewind() {
    lines_.rewind();
    // The header was right when we opened it; a file changed since is a matter of its rows.
    while (lines_.next() == LineReader::Status::skipping) {
    }
}

Result<ReplayScan, std::string> scan_replay(std::string const& path, TickerTable& table) {
    auto reader = CsvTickReader::open(path);
    if (!reader) return reader.error();
    ReplayScan scan;
    for (;;) {
        auto const item = reader->next();
        if (auto const* const row = std::get_if<CsvRow>(&item)) {
            ++scan.rows;
            if (!table.make_known(row->ticker)) ++scan.rows_without_room;
        } else if (std::holds_alternative<CsvFault>(item)) {
            ++scan.bad_rows;
        } else if (auto const* const end = std::get_if<CsvTickReader::End>(&item)) {
            scan.fault = end->fault;
            return scan;
        }
    }
}

}  // namespace tickcast
