// When the rows of a recording are due. Pure: given the rows in their order. One thread.
#pragma once

#include "tickcast/base/clock.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace tickcast {

class ReplayPacer {
public:
    /// A pass of a paced loop takes at least this, so that a file of one instant does not spin.
    static constexpr Duration kMinPass = std::chrono::milliseconds{100};
    /// Rows that go back by more start over from where they are; by less, they are only late.
    static constexpr Duration kMaxStepBack = std::chrono::seconds{60};

    /// `speed`: times faster than recorded, 0 = all is due at once. `max_gap`: the longest wait for
    /// a row, in real time; 0 = as recorded.
    ReplayPacer(double speed, Duration max_gap) noexcept;

    bool paced() const noexcept { return speed_ > 0; }
    void begin_pass(SteadyTime at) noexcept;
    /// Right after the rows of the pass before.
    void begin_next_pass() noexcept;
    SteadyTime pass_began() const noexcept { return pass_began_; }
    /// When the next row of the pass is due: not before any row before it.
    SteadyTime due(std::int64_t ts_ns) noexcept;
    /// What is due later is due later still: by the time in which the process stood still.
    void put_off(Duration by) noexcept;

private:
    SteadyTime at_pace(std::int64_t ts_ns) const noexcept;
    void go_on_from(std::int64_t ts_ns, SteadyTime at) noexcept;

    double const speed_;
    Duration const max_gap_;
    std::int64_t const max_step_back_ns_;  ///< recorded
    SteadyTime pass_began_{};
    SteadyTime last_due_{};
    std::optional<std::int64_t> origin_ns_{};  ///< a recorded time of this pass, and ...
    SteadyTime origin_at_{};                   ///< ... when it was due
    std::int64_t newest_ns_{0};
};

}  // namespace tickcast
