#include "feed/replay/bad_row_log.hpp"

#include "feed/replay/shown_text.hpp"
#include "tickcast/base/logging.hpp"

#include <cstddef>
#include <numeric>
#include <utility>

namespace tickcast {

std::uint64_t sum(std::array<std::uint64_t, kRejectReasons> const& counts) noexcept {
    return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

std::string counts_text(std::array<std::uint64_t, kRejectReasons> const& counts) {
    std::string text;
    for (auto const& [reason, reason_name] : kRejectReasonTable) {
        text.append(text.empty() ? "" : " ").append(reason_name);
        text.append("=").append(std::to_string(counts[index_of(reason)]));
    }
    return text;
}

void BadRowLog::add(CsvFault const& fault, std::uint64_t line, CsvLayout const& layout) {
    auto const reason = index_of(fault.reason);
    if (sum(counts_) == 0) first_line_ = line;
    ++counts_[reason];
    if (std::exchange(logged_[reason], true)) return;
    ++rows_logged_;
    auto const column = fault.column == CsvColumn::other
                            ? std::string{}
                            : " column=" + std::string{layout.name_of(fault.column)};
    logger("feed")->warn(
        "event=replay_bad_row file={} line={} reason={}{} what=\"{}\" found=\"{}\"", file_, line,
        name(fault.reason), column, fault.what, shown_text(fault.found));
}

void BadRowLog::pass_ended(SteadyTime now) {
    if (sum(counts_) == 0) return;
    ++passes_;
    if (counts_logged_at_ && now - *counts_logged_at_ < kBetweenCounts) return;
    counts_logged_at_ = now;
    log_counts();
}

void BadRowLog::end() {
    if (sum(counts_) > 0) log_counts();
}

void BadRowLog::log_counts() {
    auto const rows = sum(counts_);
    logger("feed")->warn(
        "event=replay_bad_rows file={} passes={} bad_rows={} first_line={} {} left_out={}", file_,
        passes_, rows, first_line_, counts_text(counts_), rows - rows_logged_);
    counts_ = {};
    rows_logged_ = 0;
    passes_ = 0;
}

}  // namespace tickcast
