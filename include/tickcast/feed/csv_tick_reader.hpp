// Streams the rows of a replay file in bounded memory. One thread.
#pragma once

#include "tickcast/base/result.hpp"
#include "tickcast/feed/csv_layout.hpp"
#include "tickcast/feed/csv_row.hpp"
#include "tickcast/feed/line_reader.hpp"

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

    /// Looks at the header and the first rows. The error is a text for the operator, without the
    /// path: no such file, unreadable, not CSV, not our header, times of another unit.
    static Result<CsvTickReader, std::string> open(std::string const& path);

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

    CsvTickReader(LineReader lines, CsvLayout layout);

    static std::optional<std::string> find_header(LineReader& lines);
    std::optional<std::string> look_ahead();
    Item item_of_line();
    Item item_of_lines();
    Item in_reach(CsvRow const& row) noexcept;

    LineReader lines_;
    CsvLayout layout_;
    std::uint64_t header_line_;
    std::optional<std::int64_t> anchor_ns_{};     ///< near which the first good row lies
    std::optional<std::int64_t> last_good_ns_{};  ///< the anchor before the first one
};

}  // namespace tickcast
