// Judges a recording by the times of its first rows: whether the unit is right, and near which time
// the good rows lie. Pure. Bound: kMostRows numbers, while a file is opened.
#pragma once

#include "feed/replay/csv_layout.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tickcast {

/// A good row lies no more than this from the good row before it (CONTRACT RPL-16).
inline constexpr std::int64_t kMostNsBetweenRows = std::int64_t{366} * 24 * 3600 * 1'000'000'000;

class FirstTimes {
public:
    /// How many rows with a time are examined, and among how many rows they are looked for.
    static constexpr std::size_t kEnoughTimes = 100;
    static constexpr std::size_t kMostRows = 1'000;

    explicit FirstTimes(CsvLayout layout) : layout_(std::move(layout)) {}

    /// Adds the next row, good or bad.
    void add(std::uint64_t line, std::string_view text);
    /// Adds a row that is too long to be examined.
    void add_unreadable() noexcept { ++rows_; }
    bool enough() const noexcept { return times_.size() >= kEnoughTimes || rows_ >= kMostRows; }

    /// Set if more times lie outside of 1990 to 2100 than within. The text names the first of them,
    /// and the unit in which most would lie within, if there is one.
    std::optional<std::string> fault() const;
    /// The time of the first good row that most rows continue from. So if the first row is far from
    /// all others, that row is bad and not the others. Nothing if there is no good row.
    std::optional<std::int64_t> anchor_ns() const;

private:
    struct Time {
        std::uint64_t line{0};
        std::int64_t whole{0};
    };

    std::size_t plausible_as(TimeUnit unit) const noexcept;

    CsvLayout layout_;
    std::size_t rows_{0};
    std::vector<Time> times_{};
    std::vector<std::int64_t> good_ns_{};
};

}  // namespace tickcast
