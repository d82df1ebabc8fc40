// The simulator's tickers: real ones of large US companies, then SYM0001, SYM0002, … Pure.
#pragma once

#include "tickcast/model/ticker.hpp"

#include <cstddef>
#include <cstdint>

namespace tickcast {

/// The ticker at `index` (from 0): AAPL, MSFT, …, then SYM0001 and on, growing past SYM9999.
Ticker sim_ticker(std::size_t index);
/// The price in cents at which a ticker's walk begins: invented, but always the same for that
/// ticker (15.00 to 614.99).
std::int64_t sim_start_cents(Ticker const& ticker) noexcept;

}  // namespace tickcast
