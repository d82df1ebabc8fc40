// Computes when the rows of a recording are due, from their times in their order. A value without a
// clock. Owner: the ReplayPlayer; control thread.
#pragma once

#include "tickcast/base/clock.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace tickcast {

class ReplayPacer {
public:
    /// A pass of a paced loop takes at least this long, so that a file whose rows have one time
    /// does not spin.
    static constexpr Duration kMinPass = std::chrono::milliseconds{100};
    /// If a row goes back in time by more than this, the pacing starts over at the row. If it goes
    /// back by less, the row is only late.
    static constexpr Duration kMaxStepBack = std::chrono::seconds{60};

    /// `speed`: times faster than recorded, 0 = every row is due at once. `max_gap`: the longest
    /// wait for one row, in real time; 0 = as recorded.
    ReplayPacer(double speed, Duration max_gap) noexcept;

    bool paced() const noexcept { return speed_ > 0; }
    void begin_pass(SteadyTime at) noexcept;
    /// The next pass begins right after the last row of the previous one.
    void begin_next_pass() noexcept;
    SteadyTime pass_began() const noexcept { return pass_began_; }
    /// When the next row of the pass is due: never before an earlier row.
    SteadyTime due(std::int64_t ts_ns) noexcept;
    /// Delays all further rows, by the time for which the process stood still.
    void put_off(Duration by) noexcept;

private:
    SteadyTime at_pace(std::int64_t ts_ns) const noexcept;
    void go_on_from(std::int64_t ts_ns, SteadyTime at) noexcept;

    double const speed_;
    Duration const max_gap_;
    std::int64_t const max_step_back_ns_;  ///< in recorded time
    SteadyTime pass_began_{};
    SteadyTime last_due_{};
    std::optional<std::int64_t> origin_ns_{};  ///< a recorded time of this pass, and ...
    SteadyTime origin_at_{};                   ///< ... when it was due
    std::int64_t newest_ns_{0};
};

}  // namespace tickcast
