// The seam that all sources of ticks stand behind. Everything here runs on the control thread.
// The Application owns the feeds; they end before the sink and the io_context they use.
#pragma once

#include "tickcast/metrics/labels.hpp"

namespace tickcast {

class Feed {
public:
    virtual ~Feed() = default;
    virtual FeedKind kind() const noexcept = 0;
    virtual void start() = 0;
    /// No tick comes after it returned; may be called more than once.
    virtual void stop() noexcept = 0;
    /// Neither ended nor disconnected (tickcast_feed_up).
    virtual bool up() const noexcept = 0;
    /// Told to wait before its first tick (replay's start=N): live although it is quiet.
    virtual bool waiting() const noexcept = 0;
};

}  // namespace tickcast
