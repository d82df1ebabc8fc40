// The parameters of `--feed replay`, as values.
#pragma once

#include "tickcast/base/result.hpp"

#include <cstdint>
#include <string>

namespace tickcast {

struct FeedText;

/// `replay:FILE?speed=1&loop=true&start=now&maxgap=0`
struct ReplaySpec {
    static constexpr std::uint64_t kMaxSpeed = 1'000'000;
    static constexpr std::uint64_t kMaxGapSeconds = 366 * 86'400;

    std::string file{};
    double speed{1};  ///< times faster than recorded; 0 = as fast as possible
    bool loop{true};
    std::uint64_t start_after_streams{0};  ///< `start=N`; 0 = now
    double max_gap_seconds{0};  ///< the longest wait for one row, in real time; 0 = as recorded

    /// The error names the wrong part of the text and what would be right.
    static Result<ReplaySpec, std::string> parse(FeedText const& text);
};

}  // namespace tickcast
