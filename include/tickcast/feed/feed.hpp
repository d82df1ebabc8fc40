// The seam that all sources of ticks stand behind. Everything here runs on the control thread.
// The Application owns the feeds; they end before the sink and the io_context they use.
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

/// What a feed works with; all of it outlives the feed.
struct FeedContext {
    TickerTable& tickers;
    TickSink& sink;
    asio::io_context& io;
    Clock const& clock;
    /// Streams that have had their snapshot since the start of the process.
    std::function<std::uint64_t()> streams_started{};
};

class Feed {
public:
    explicit Feed(FeedKind kind) noexcept : kind_(kind) {}
    virtual ~Feed() = default;

    FeedKind kind() const noexcept { return kind_; }
    virtual void start() = 0;
    /// No tick comes after it returned; may be called more than once.
    virtual void stop() noexcept = 0;
    /// Neither ended nor disconnected (tickcast_feed_up).
    virtual bool up() const noexcept = 0;
    /// Told to wait before its first tick (replay's start=N): live although it is quiet.
    virtual bool waiting() const noexcept { return false; }

private:
    FeedKind const kind_;
};

/// Makes the feed that a --feed text asks for. The error is for the operator.
using FeedMaker =
    std::function<Result<std::unique_ptr<Feed>, std::string>(FeedKind, FeedContext const&)>;

}  // namespace tickcast
