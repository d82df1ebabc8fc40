// The file of a replay. It is opened and scanned (read through once) at the start, and again when
// it was changed. Owner: the ReplayFeed; control thread. Bound: that of the CsvTickReader.
#pragma once

#include "feed/replay/csv_tick_reader.hpp"
#include "feed/replay/file_identity.hpp"
#include "tickcast/base/result.hpp"
#include "tickcast/metrics/reject_reason.hpp"
#include "tickcast/model/ticker_table.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace tickcast {

struct ReplayScan {
    std::uint64_t rows{0};                                 ///< good rows
    std::array<std::uint64_t, kRejectReasons> bad_rows{};  ///< by reason
    std::uint64_t rows_without_room{0};  ///< good rows whose ticker the table has no room for
    CsvTickReader::End end{};            ///< why the file could not be read to its end
};

class ReplayFile {
public:
    /// Reads the whole file once and makes the tickers of its good rows known. The error is a text
    /// for the operator, without the path.
    static Result<ReplayFile, std::string> open(std::string const& path, TickerTable& table);

    CsvTickReader& reader() noexcept { return reader_; }
    TickerTable const& table() const noexcept { return *table_; }
    /// The result of the last scan.
    ReplayScan const& scan() const noexcept { return scan_; }
    /// Whether the path no longer leads to the file that the reader has, as it was.
    bool changed() const noexcept { return FileIdentity::of(path_) != reader_.identity(); }
    /// The same, but false for a file that only grew.
    bool replaced();

    /// Opens the file that the path leads to now; `scan_some` then scans it. The error is that of
    /// `open`.
    Result<void, std::string> reopen();
    /// Scans `items` more items. True when the whole file is scanned and `reader` is at its first
    /// row, or if `scan().end` has a fault of the whole file.
    bool scan_some(std::size_t items);
    /// Notes that the reader's file is unusable; while the file stays the same, it need not be
    /// opened again.
    void give_up() noexcept { given_up_ = reader_.identity(); }
    bool given_up() const noexcept { return given_up_ && FileIdentity::of(path_) == given_up_; }

private:
    ReplayFile(std::string path, CsvTickReader reader, TickerTable& table);

    bool look_on();
    bool scan_item();

    std::string path_;
    CsvTickReader reader_;
    TickerTable* table_;
    ReplayScan scan_{};
    std::optional<FileIdentity> given_up_{};
};

}  // namespace tickcast
