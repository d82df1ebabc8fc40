// The parameters of `--feed sim`, as values.
#pragma once

#include "tickcast/base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace tickcast {

struct FeedText;

/// `sim?tickers=500&rate=2000&burst=1&seed=1`
struct SimSpec {
    static constexpr std::uint64_t kMaxTickers = 1'000'000;
    static constexpr std::uint64_t kMaxRate = 1'000'000;
    static constexpr std::uint64_t kMaxBurst = 100'000;

    std::size_t tickers{500};
    double rate{2000};     ///< ticks per second, over all tickers
    std::size_t burst{1};  ///< ticks published together
    std::uint64_t seed{1};

    /// The error names the wrong part of the text and what would be right.
    static Result<SimSpec, std::string> parse(FeedText const& text);
};

}  // namespace tickcast
