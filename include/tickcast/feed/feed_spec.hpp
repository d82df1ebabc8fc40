// What one `--feed` setting says, as values. Parsed at start-up; the errors are for the operator.
#pragma once

#include "tickcast/base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace tickcast {

/// `sim?tickers=500&rate=2000&burst=1&seed=1`
struct SimSpec {
    static constexpr std::uint64_t kMaxTickers = 1'000'000;
    static constexpr std::uint64_t kMaxRate = 1'000'000;
    static constexpr std::uint64_t kMaxBurst = 100'000;

    std::size_t tickers{500};
    double rate{2000};     ///< ticks a second, over all tickers
    std::size_t burst{1};  ///< ticks published together
    std::uint64_t seed{1};
};

/// `replay:FILE?speed=1&loop=true&start=now&maxgap=0`
struct ReplaySpec {
    static constexpr std::uint64_t kMaxSpeed = 1'000'000;
    static constexpr std::uint64_t kMaxGapSeconds = 366 * 86'400;

    std::string file{};
    double speed{1};  ///< times faster than recorded; 0 = as fast as possible
    bool loop{true};
    std::uint64_t start_after_streams{0};  ///< `start=N`; 0 = now
    double max_gap_seconds{0};  ///< the longest wait for a row, in real time; 0 = as recorded
};

/// `push`
struct PushSpec {};

using FeedSpec = std::variant<SimSpec, ReplaySpec, PushSpec>;

/// The error says which part of the text is wrong, and what would be right.
Result<FeedSpec, std::string> parse_feed_spec(std::string_view text);

}  // namespace tickcast
