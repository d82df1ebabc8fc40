// Streams the rows of a replay file in bounded memory. One thread.
#pragma once

#include "tickcast/base/result.hpp"
#include "tickcast/feed/csv_row.hpp"
#include "tickcast/feed/line_reader.hpp"
#include "tickcast/model/ticker_table.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <variant>

namespace tickcast {

class CsvTickReader {
public:
    struct Skipping {};  ///< nothing yet, call again: amid a line of any length
    struct End {
        std::string fault{};  ///< empty, or why the file could not be read to its end
    };
    using Item = std::variant<CsvRow, CsvFault, Skipping, End>;

    /// The error is a text for the operator: no such file, unreadable, not our header.
    static Result<CsvTickReader, std::string> open(std::string const& path);

    Item next();
    /// The number of the row last given, counted in lines of the file from 1.
    std::uint64_t line() const noexcept { return lines_.number(); }
    /// Back to the first row.
    void rewind();

private:
    explicit CsvTickReader(LineReader lines) : lines_(std::move(lines)) {}

    LineReader lines_;
};

struct ReplayScan {
    std::uint64_t rows{0};
    std::uint64_t bad_rows{0};
    std::uint64_t rows_without_room{0};  ///< good ones whose ticker the table has no room for
    std::string fault{};                 ///< why the file could not be read to its end
};

/// Reads the whole file once and makes the tickers of its good rows known.
Result<ReplayScan, std::string> scan_replay(std::string const& path, TickerTable& table);

}  // namespace tickcast
