// Lets a message through at most once in ten seconds and counts those it held back. One thread.
#pragma once

#include "tickcast/base/clock.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

namespace tickcast {

class LogLimit {
public:
    static constexpr Duration kInterval = std::chrono::seconds{10};

    /// How many were held back since the last one let through; nothing = hold this one back too.
    std::optional<std::uint64_t> pass(SteadyTime now) noexcept {
        if (last_ && now - *last_ < kInterval) {
            ++held_back_;
            return std::nullopt;
        }
        last_ = now;
        return std::exchange(held_back_, 0);
    }

private:
    std::optional<SteadyTime> last_{};
    std::uint64_t held_back_{0};
};

}  // namespace tickcast
