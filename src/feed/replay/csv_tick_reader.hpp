// Streams the rows of a replay file in bounded memory. One thread.
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
    struct Skipping {};  ///< nothing yet, call again: a blank line, or amid one of any length
    struct End {
        std::string fault{};  ///< empty, or why the file could not be read to its end
        bool passing{false};  ///< the fault is the system's, not the content's
    };
    /// What a fault shows is valid until the next call.
    using Item = std::variant<CsvRow, CsvFault, Skipping, End>;

    /// The header must stand within so much text, and so much behind it is looked at.
    static constexpr std::size_t kMostLookedAt = std::size_t{1} << 20;

    /// Looks at the header and the first rows. The error is a text for the operator, without the
    /// path: no such file, unreadable, not CSV, not our header, times of another unit.
    static Result<CsvTickReader, std::string> open(std::string const& path);

    /// The same a line at a time, for a thread that has other work: `look_on` until `ready`.
    static Result<CsvTickReader, std::string> begin(std::string const& path);
    bool ready() const noexcept { return phase_ == Phase::ready; }
    /// Set: the error, as of `open`.
    std::optional<std::string> look_on();
    /// After an error: it is the system's, not the content's.
    bool failed_to_read() const noexcept { return lines_.source().failed_to_read(); }

    Item next();
    /// The number of the row last given, counted in lines of the file from 1.
    std::uint64_t line() const noexcept { return lines_.number(); }
    CsvLayout const& layout() const noexcept { return layout_; }
    /// What was opened, as it was then.
    FileIdentity const& identity() const noexcept { return lines_.source().identity(); }
    bool written_over() { return lines_.written_over(); }
    /// Back to the first row.
    void rewind();

private:
    /// A quoted field may hold so many line ends. What has more is taken for an open quote.
    static constexpr int kMaxMoreLines = 16;

    enum class Phase : std::uint8_t { at_form, at_header, at_rows, ready };

    explicit CsvTickReader(LineReader lines) : lines_(std::move(lines)) {}

    std::optional<std::string> look_at_form();
    std::optional<std::string> look_for_header();
    std::optional<std::string> take_header();
    std::optional<std::string> look_at_row();
    std::optional<std::string> judge_times();
    Item item_of_line();
    Item item_of_lines();
    Item in_reach(CsvRow const& row) noexcept;

    LineReader lines_;
    Phase phase_{Phase::at_form};
    std::string form_{};                 ///< what the text begins with
    std::optional<FirstTimes> times_{};  ///< at the rows
    CsvLayout layout_{CsvLayout::standard()};
    std::uint64_t header_line_{0};
    std::uint64_t header_ends_{0};                ///< so much text was read by then
    std::optional<std::int64_t> anchor_ns_{};     ///< near which the first good row lies
    std::optional<std::int64_t> last_good_ns_{};  ///< the anchor before the first one
};

}  // namespace tickcast
