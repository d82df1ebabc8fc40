// Logs a replay's bad rows: the first row of each reason, and the counts of each pass. Owner: the
// ReplayPlayer; control thread. Bound: one count per reason.
#pragma once

#include "feed/replay/csv_layout.hpp"
#include "feed/replay/csv_row.hpp"
#include "tickcast/base/clock.hpp"
#include "tickcast/metrics/reject_reason.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace tickcast {

class BadRowLog {
public:
    /// A pass that ends sooner than this after a line of counts is counted in the next line.
    static constexpr Duration kBetweenCounts = std::chrono::seconds{60};

    explicit BadRowLog(std::string file) : file_(std::move(file)) {}

    /// A new file begins, perhaps under the same name: its first bad rows are logged too.
    void begin_file() noexcept { logged_ = {}; }
    void add(CsvFault const& fault, std::uint64_t line, CsvLayout const& layout);
    void pass_ended(SteadyTime now);
    /// The feed ends: logs the counts that `pass_ended` kept back.
    void end();

private:
    void log_counts();

    std::string const file_;
    std::array<bool, kRejectReasons> logged_{};
    std::optional<SteadyTime> counts_logged_at_{};
    // Since the last line of counts.
    std::array<std::uint64_t, kRejectReasons> counts_{};
    std::uint64_t rows_logged_{0};
    std::uint64_t passes_{0};
    std::uint64_t first_line_{0};  ///< of the bad rows
};

/// Counts by reason as "syntax=1 ticker=0 range=0 limit=0".
std::string counts_text(std::array<std::uint64_t, kRejectReasons> const& counts);
std::uint64_t sum(std::array<std::uint64_t, kRejectReasons> const& counts) noexcept;

}  // namespace tickcast
