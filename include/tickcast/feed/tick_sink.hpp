// The receiver of all feeds' ticks: the QuoteRouter, or a recorder in tests. Control thread only.
#pragma once

#include "tickcast/metrics/feed_metrics.hpp"
#include "tickcast/metrics/reject_reason.hpp"
#include "tickcast/model/quote.hpp"

#include <span>

namespace tickcast {

class TickSink {
public:
    virtual ~TickSink() = default;
    /// Takes in ticks in their order and publishes them together, as one batch.
    virtual void ingest(FeedKind feed, std::span<TickUpdate const> ticks) noexcept = 0;
    virtual void rejected(FeedKind feed, RejectReason reason) noexcept = 0;
};

}  // namespace tickcast
