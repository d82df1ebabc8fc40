// Which column of a recording holds what, as its header says. A value type, made at the start.
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

/// What a column holds, in the order of kCsvHeader.
enum class CsvColumn : std::uint8_t {
    time,
    ticker,
    bid,
    bid_size,
    ask,
    ask_size,
    last,
    last_size,
    other,  ///< nothing of ours
};
inline constexpr std::size_t kCsvColumns = 8;  ///< ours
inline constexpr std::string_view kCsvHeader =
    "ts_ns,ticker,bid,bid_size,ask,ask_size,last,last_size";

class CsvLayout {
public:
    /// Of `header`, which may be in quotes, in any order, in capitals, and with further columns.
    /// The error says what is wrong with it, and shows its beginning.
    static Result<CsvLayout, std::string> parse(std::string_view header);
    /// Of kCsvHeader.
    static CsvLayout const& standard();

    TimeUnit unit() const noexcept { return unit_; }
    /// How many fields a row has; empty ones may follow.
    std::size_t size() const noexcept { return columns_.size(); }
    CsvColumn operator[](std::size_t index) const noexcept { return columns_[index]; }
    /// Our columns in the usual order and no others.
    bool usual() const noexcept { return usual_; }
    /// Its name in this file: the time's depends on the unit.
    std::string_view name_of(CsvColumn column) const noexcept;

private:
    CsvLayout() = default;

    std::vector<CsvColumn> columns_{};
    TimeUnit unit_{TimeUnit::nanoseconds};
    bool usual_{false};
};

}  // namespace tickcast
