// A limit for log lines that a client can trigger: at most so many per interval. The caller passes
// the time in. A value member of the object that logs, on that object's thread.
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

    /// Nothing: the caller leaves the line out. Otherwise the caller writes it; the value is how
    /// many lines were left out since the last one.
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
