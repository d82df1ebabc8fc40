// Says which streams of a drain must be closed by now. The number that stay open falls along a
// straight line from all to none, however much time passes between two calls. A value. Owner: the
// StreamRegistry, on its shard's thread. Bound: the streams that were live when the drain began.
#pragma once

#include "tickcast/base/clock.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace tickcast {

class DrainSchedule {
public:
    DrainSchedule() = default;  ///< a drain of no stream
    /// `streams`: the streams to close; the last one is closed first.
    DrainSchedule(std::vector<std::uint64_t> streams, SteadyTime begin, Duration over) noexcept
        : left_(std::move(streams)), at_first_(left_.size()), begin_(begin), over_(over) {}

    /// `next` has given all streams.
    bool empty() const noexcept { return left_.empty(); }
    /// Gives the next stream that must be closed by now, each stream once; nothing if there is
    /// none.
    std::optional<std::uint64_t> next(SteadyTime now) noexcept {
        if (left_.size() <= keep(now)) return std::nullopt;
        auto const stream = left_.back();
        left_.pop_back();
        return stream;
    }

private:
    /// How many streams can still stay open.
    std::size_t keep(SteadyTime now) const noexcept {
        auto const passed = std::chrono::duration<double>{now - begin_}.count();
        auto const all = std::chrono::duration<double>{over_}.count();
        auto const part = passed >= all ? 0.0 : 1 - passed / all;
        return static_cast<std::size_t>(std::ceil(part * static_cast<double>(at_first_)));
    }

    std::vector<std::uint64_t> left_{};
    std::size_t at_first_{0};
    SteadyTime begin_{};
    Duration over_{0};
};

}  // namespace tickcast
