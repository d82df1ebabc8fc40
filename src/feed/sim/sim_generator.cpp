#include "feed/sim/sim_generator.hpp"

#include "tickcast/base/check.hpp"

#include <algorithm>

namespace tickcast {
namespace {

Decimal of_cents(std::int64_t cents) noexcept {
    return Decimal::from_raw(cents * (Decimal::kScale / 100));
}

Decimal of_shares(std::int64_t shares) noexcept {
    return Decimal::from_raw(shares * Decimal::kScale);
}

/// Makes several small random numbers from one draw. Their slight bias (at most 2^-50) does not
/// matter here.
class Dice {
public:
    explicit Dice(std::uint64_t bits) noexcept : bits_(bits) {}

    /// 0 to `sides` - 1.
    std::int64_t roll(std::uint64_t sides) noexcept {
        auto const value = bits_ % sides;
        bits_ /= sides;
        return static_cast<std::int64_t>(value);
    }

private:
    std::uint64_t bits_;
};

}  // namespace

SimGenerator::SimGenerator(std::uint64_t seed, std::vector<Start> const& starts) : random_(seed) {
    TICKCAST_CHECK(!starts.empty(), "a simulator without tickers");
    walks_.reserve(starts.size());
    for (auto const& start : starts) {
        TICKCAST_CHECK(start.cents >= 100, "a walk needs room below its start");
        walks_.push_back({start.ticker, start.cents, start.cents});
    }
}

SimGenerator::Walk& SimGenerator::pick() noexcept {
    if (introduced_ < walks_.size()) return walks_[introduced_++];
    return walks_[random_() % walks_.size()];
}

TickUpdate SimGenerator::next() noexcept {
    auto& walk = pick();
    Dice dice{random_()};

    // Up to three steps of 1/200 of a percent, but whole cents, and within half and twice the
    // start.
    auto const step = std::max<std::int64_t>(1, walk.start_cents / 20'000);
    walk.cents = std::clamp(walk.cents + step * (dice.roll(7) - 3), walk.start_cents / 2,
                            walk.start_cents * 2);

    TickUpdate tick;
    tick.ticker = walk.ticker;
    auto const bid = walk.cents - dice.roll(3);
    auto const ask = walk.cents + 1 + dice.roll(3);
    tick.bid = of_cents(bid);
    tick.ask = of_cents(ask);
    tick.last = of_cents(dice.roll(2) == 0 ? bid : ask);
    tick.bid_size = of_shares(100 * (1 + dice.roll(20)));
    tick.ask_size = of_shares(100 * (1 + dice.roll(20)));
    tick.last_size = of_shares(1 + dice.roll(500));
    return tick;
}

}  // namespace tickcast
