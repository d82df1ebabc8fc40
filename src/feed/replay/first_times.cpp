#include "feed/replay/first_times.hpp"

#include "feed/replay/csv_row.hpp"

#include <algorithm>
#include <cstdlib>

namespace tickcast {
namespace {

/// How many rows are good if the row at `first` is: each good row is near the good row before it.
std::size_t chain_from(std::vector<std::int64_t> const& times, std::size_t first) noexcept {
    std::size_t length = 0;
    auto last = times[first];
    for (auto i = first; i < times.size(); ++i) {
        if (std::abs(times[i] - last) > kMostNsBetweenRows) continue;
        last = times[i];
        ++length;
    }
    return length;
}

}  // namespace

void FirstTimes::add(std::uint64_t line, std::string_view text) {
    ++rows_;
    if (auto const whole = whole_time_of(text, layout_)) times_.push_back({line, *whole});
    if (auto const row = parse_csv_row(text, layout_)) good_ns_.push_back(row->ts_ns);
}

std::size_t FirstTimes::plausible_as(TimeUnit unit) const noexcept {
    return static_cast<std::size_t>(
        std::count_if(times_.begin(), times_.end(),
                      [unit](Time const& time) { return plausible_in(unit, time.whole); }));
}

std::optional<std::string> FirstTimes::fault() const {
    auto const unit = layout_.unit();
    auto const within = plausible_as(unit);
    if (times_.size() <= 2 * within) return std::nullopt;

    auto const& first = *std::find_if(times_.begin(), times_.end(), [unit](Time const& time) {
        return !plausible_in(unit, time.whole);
    });
    auto text = "the " + std::string{column_of(unit)} + " of line " + std::to_string(first.line) +
                ", " + std::to_string(first.whole) + ", is " + day_of(unit, first.whole);
    for (auto const other : kTimeUnits) {
        if (2 * plausible_as(other) <= times_.size()) continue;
        return text + ": are these " + std::string{name(other)} + "? then call the column " +
               std::string{column_of(other)};
    }
    return text + ", and a recording lies between 1990 and 2100";
}

std::optional<std::int64_t> FirstTimes::anchor_ns() const {
    if (good_ns_.empty()) return std::nullopt;
    std::size_t best = 0;
    std::size_t longest = 0;
    for (std::size_t i = 0; i < good_ns_.size(); ++i) {
        auto const length = chain_from(good_ns_, i);
        if (length > longest) {
            longest = length;
            best = i;
        }
    }
    return good_ns_[best];
}

}  // namespace tickcast
