// Counters and gauges of feeds, all feeds of one kind together. Owner: app/Intake. The control
// thread writes, any thread reads.
#pragma once

#include "tickcast/base/strong_id.hpp"
#include "tickcast/metrics/counters.hpp"
#include "tickcast/metrics/reject_reason.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace tickcast {

/// The kind of a feed: the index of its row in the feed registry.
using FeedKind = StrongId<struct FeedKindTag, std::uint8_t>;

class FeedMetrics {
public:
    struct OfKind {
        std::string_view label{};
        Counter ingested{};
        std::array<Counter, kRejectReasons> rejected{};
        Gauge shown{};          ///< 1 if this process has such a feed
        Gauge up{};             ///< 1 = not ended, not disconnected
        Gauge subscriptions{};  ///< tickers that some stream watches
        Gauge last_tick_us{};   ///< Unix epoch; 0 before the first tick
    };

    /// `labels`: the label of each kind, at its index; the viewed text outlives this object.
    explicit FeedMetrics(std::vector<std::string_view> const& labels) : kinds_(labels.size()) {
        for (std::size_t i = 0; i < labels.size(); ++i)
            kinds_[i].label = labels[i];
    }

    OfKind& of(FeedKind kind) noexcept { return kinds_[kind.value]; }
    std::span<OfKind> all() noexcept { return kinds_; }
    std::span<OfKind const> all() const noexcept { return kinds_; }

private:
    std::vector<OfKind> kinds_;
};

}  // namespace tickcast
