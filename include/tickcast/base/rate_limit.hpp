// Keeps log lines that a client can trigger rare: at most so many an interval. Time is passed in.
// One thread owns it; a value member of whatever logs.
#pragma once

#include "tickcast/base/clock.hpp"

#include <cstdint>
#include <optional>
#include <utility>

namespace tickcast {

class LogLimiter {
public:
    constexpr LogLimiter(std::uint32_t lines, Duration interval) noexcept
        : lines_(lines), interval_(interval) {}

    /// Nothing: leave the line out. Otherwise write it, with how many were left out since the last.
    std::optional<std::uint64_t> admit(SteadyTime now) noexcept {
        if (!begun_ || now - *begun_ >= interval_) {
            begun_ = now;
            written_ = 0;
        }
        if (written_ == lines_) {
            ++suppressed_;
            return std::nullopt;
        }
        ++written_;
        return std::exchange(suppressed_, 0);
    }

private:
    std::uint32_t lines_;
    Duration interval_;
    std::optional<SteadyTime> begun_{};  ///< the interval's first line
    std::uint32_t written_{0};
    std::uint64_t suppressed_{0};
};

}  // namespace tickcast
