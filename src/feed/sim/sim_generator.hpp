// Makes random-walk quotes, one after another: the seed and the tickers alone determine the
// sequence. No clock, no I/O; integer arithmetic, so that every platform gives the same sequence.
// Owner: the SimFeed; control thread.
#pragma once

#include "tickcast/model/quote.hpp"

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace tickcast {

class SimGenerator {
public:
    struct Start {
        TickerId ticker{};
        std::int64_t cents{0};  ///< at least 100; the walk stays between half and twice this price
    };

    /// `starts` must not be empty.
    SimGenerator(std::uint64_t seed, std::vector<Start> const& starts);

    /// The next tick: first every ticker once, in order, so that all have a quote soon; then random
    /// tickers. It has all prices and sizes, but no time.
    TickUpdate next() noexcept;

private:
    struct Walk {
        TickerId ticker{};
        std::int64_t start_cents{0};
        std::int64_t cents{0};
    };

    Walk& pick() noexcept;

    std::mt19937_64 random_;
    std::vector<Walk> walks_;
    std::size_t introduced_{0};
};

}  // namespace tickcast
