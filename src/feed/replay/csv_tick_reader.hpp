// Reads the rows of a replay file one by one. Owner: the ReplayFile; control thread. Bound: a row
// has kMaxMoreLines + 1 lines at most, a line LineReader::kMaxLine bytes.
#pragma once

#include "feed/replay/csv_layout.hpp"
#include "feed/replay/csv_row.hpp"
#include "feed/replay/first_times.hpp"
#include "feed/replay/line_reader.hpp"
#include "tickcast/base/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace tickcast {

class CsvTickReader {
public:
    struct Skipping {};  ///< no row yet, call again: a blank line, or the middle of a long line
    struct End {
        std::string fault{};  ///< empty, or why the file could not be read to its end
        bool passing{false};  ///< a fault of the system, not of the content
    };
    /// The text that a fault views is valid until the next call.
    using Item = std::variant<CsvRow, CsvFault, Skipping, End>;

    /// The header must stand within the first kMostLookedAt bytes of text; as many bytes after it
    /// are examined.
    static constexpr std::size_t kMostLookedAt = std::size_t{1} << 20;

    /// Opens a file and examines the header and the first rows. The error is a text for the
    /// operator, without the path: no such file, unreadable, not CSV, not our header, times of
    /// another unit.
    static Result<CsvTickReader, std::string> open(std::string const& path);

    /// The same in steps of one line, for a thread that has other work: call `look_on` until
    /// `ready`.
    static Result<CsvTickReader, std::string> begin(std::string const& path);
    bool ready() const noexcept { return phase_ == Phase::ready; }
    /// The error as from `open`.
    Result<void, std::string> look_on();
    /// After an error: the fault is one of the system, not of the content.
    bool failed_to_read() const noexcept { return lines_.source().failed_to_read(); }

    Item next();
    /// The line number of the last row, from 1.
    std::uint64_t line() const noexcept { return lines_.line_number(); }
    CsvLayout const& layout() const noexcept { return layout_; }
    /// The identity of the file when it was opened.
    FileIdentity const& identity() const noexcept { return lines_.source().identity(); }
    bool written_over() { return lines_.written_over(); }
    /// Goes back to the first row.
    void rewind();

private:
    /// How many line ends a quoted field may hold. A field with more counts as an open quote.
    static constexpr int kMaxMoreLines = 16;

    enum class Phase : std::uint8_t { at_form, at_header, at_rows, ready };

    explicit CsvTickReader(LineReader lines) : lines_(std::move(lines)) {}

    Result<void, std::string> look_at_form();
    Result<void, std::string> look_for_header();
    Result<void, std::string> read_header();
    Result<void, std::string> look_at_row();
    Result<void, std::string> judge_times();
    Item item_of_line();
    Item item_of_lines();
    Item in_reach(CsvRow const& row) noexcept;

    LineReader lines_;
    Phase phase_{Phase::at_form};
    std::string form_{};                 ///< the first bytes of the text
    std::optional<FirstTimes> times_{};  ///< while the first rows are examined
    CsvLayout layout_{CsvLayout::standard()};
    std::uint64_t header_line_{0};
    std::uint64_t header_ends_{0};                ///< how much text was read by the header's end
    std::optional<std::int64_t> anchor_ns_{};     ///< the first good row lies near this time
    std::optional<std::int64_t> last_good_ns_{};  ///< before the first good row: the anchor
};

}  // namespace tickcast
