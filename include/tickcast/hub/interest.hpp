// What a shard tells the router of its tickers: the first subscriber came, or the last one went.
#pragma once

#include "tickcast/model/ticker.hpp"

#include <cstdint>

namespace tickcast {

struct InterestChange {
    std::uint32_t shard{0};
    TickerId ticker{};
    std::uint32_t number{0};  ///< not 0: interested, and the answer carries it; 0: no longer
};

/// Calls from the shard's thread; the message goes to the control thread.
class InterestSink {
public:
    virtual ~InterestSink() = default;
    virtual void change(InterestChange change) = 0;
};

}  // namespace tickcast
