// The interface of all feeds, that is, of all sources of ticks. Owner: app/Feeds; control thread.
// Feeds are destroyed before the sink and the io_context that they use.
#pragma once

#include "tickcast/base/clock.hpp"
#include "tickcast/base/result.hpp"
#include "tickcast/metrics/feed_metrics.hpp"
#include "tickcast/runtime/executor.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace tickcast {

class TickerTable;
class TickSink;

/// The objects that a feed uses; all of them outlive the feed.
struct FeedContext {
    TickerTable& tickers;
    TickSink& sink;
    asio::io_context& io;
    Clock const& clock;
    /// How many streams have had their snapshot since the start of the process.
    std::function<std::uint64_t()> streams_started{};
};

class Feed {
public:
    explicit Feed(FeedKind kind) noexcept : kind_(kind) {}
    virtual ~Feed() = default;

    FeedKind kind() const noexcept { return kind_; }
    virtual void start() = 0;
    /// Once it has returned, no tick comes any more. May be called more than once.
    virtual void stop() noexcept = 0;
    /// The feed has neither ended nor lost its source (tickcast_feed_up).
    virtual bool up() const noexcept = 0;
    /// The setting makes the feed wait before its first tick (replay's start=N): it counts as live
    /// although it is silent.
    virtual bool waiting() const noexcept { return false; }

private:
    FeedKind const kind_;
};

/// Makes the feed of a --feed text. The error is a text for the operator.
using FeedMaker =
    std::function<Result<std::unique_ptr<Feed>, std::string>(FeedKind, FeedContext const&)>;

}  // namespace tickcast
