// The layout of a recording: what each column holds, by its header. A value, made when the file is
// opened.
#pragma once

#include "feed/replay/csv_time.hpp"
#include "tickcast/base/result.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tickcast {

/// The content of a column, in the order of kCsvHeader.
enum class CsvColumn : std::uint8_t {
    time,
    ticker,
    bid,
    bid_size,
    ask,
    ask_size,
    last,
    last_size,
    other,  ///< a column that is not ours
};
inline constexpr std::size_t kCsvColumns = 8;  ///< the columns that are ours
/// Their names. That of the time column stands for the names of all units.
inline constexpr std::array<std::string_view, kCsvColumns> kCsvNames{
    "ts_ns", "ticker", "bid", "bid_size", "ask", "ask_size", "last", "last_size"};
inline constexpr std::string_view kCsvHeader =
    "ts_ns,ticker,bid,bid_size,ask,ask_size,last,last_size";

class CsvLayout {
public:
    /// The layout of `header`, whose names may be quoted, in any order, in capitals, and among
    /// further columns. The error names the fault and shows the header's beginning.
    static Result<CsvLayout, std::string> parse(std::string_view header);
    /// The layout of kCsvHeader.
    static CsvLayout const& standard();

    TimeUnit unit() const noexcept { return unit_; }
    /// How many fields a row has; further empty fields may follow.
    std::size_t size() const noexcept { return columns_.size(); }
    CsvColumn operator[](std::size_t index) const noexcept { return columns_[index]; }
    /// The header has our columns in the usual order and no others.
    bool usual() const noexcept { return usual_; }
    /// The column's name in this file: the time column's name depends on the unit.
    std::string_view name_of(CsvColumn column) const noexcept;

private:
    CsvLayout() = default;

    std::vector<CsvColumn> columns_{};
    TimeUnit unit_{TimeUnit::nanoseconds};
    bool usual_{false};
};

}  // namespace tickcast
