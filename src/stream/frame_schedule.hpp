// Says which frame is next for a client, and when time alone makes a frame due. A value that knows
// no socket, no hub and no clock. Owner: the StreamOutput of its stream, on the shard's thread.
#pragma once

#include "tickcast/base/clock.hpp"
#include "tickcast/stream/frame_in_flight.hpp"
#include "tickcast/stream/stream_times.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

namespace tickcast {

class FrameSchedule {
public:
    /// What waits for the client outside this schedule.
    struct Waiting {
        bool quotes_known{false};  ///< quotes of all its tickers: a snapshot can be built
        bool unsettled{false};     ///< no snapshot has had some of its tickers yet
        bool replies{false};
        bool ticks{false};  ///< ticks wait, and the throttle allows them
    };

    /// `now`: the time at which the stream begins.
    explicit FrameSchedule(SteadyTime now) noexcept : last_sent_(now) {}

    /// Begins to send pings; the first is due at `first`.
    void begin_pings(SteadyTime first) noexcept { next_ping_ = first; }

    std::optional<FrameKind> next(Waiting const& waiting) const noexcept {
        if (!snapshot_begun()) {
            if (waiting.quotes_known) return FrameKind::snapshot;
            // A ping is no message. A client whose snapshot takes long must still be asked whether
            // it is there, or it would be judged by its silence.
            return ping_due_ ? std::optional{FrameKind::ping} : std::nullopt;
        }
        if (waiting.replies) return FrameKind::replies;  // `subscribed` first: CONTRACT MSG-14
        if (waiting.unsettled && waiting.quotes_known) return FrameKind::snapshot;
        // Before the ticks: on a busy shard marks come back before the client's next turn.
        if (status_due_) return FrameKind::status;
        if (waiting.ticks) return FrameKind::ticks;
        if (ping_due_) return FrameKind::ping;  // a frame of ticks would have carried it
        if (heartbeat_due_) return FrameKind::heartbeat;
        return std::nullopt;
    }
    /// A ping that is due soon follows a frame of ticks: sent alone it costs as much as a frame of
    /// ticks, but two bytes after such a frame cost nothing.
    bool ping_may_ride(SteadyTime now, StreamTimes const& times) const noexcept {
        return now >= next_ping_ - times.ping_ahead;
    }
    /// The kernel took the frame's first byte: the frame will go out as it is. True if this frame
    /// makes `next_due` later.
    bool frame_begun(FrameContent content, SteadyTime now, StreamTimes const& times) noexcept {
        switch (content.kind) {
            case FrameKind::ping:  // a ping is no message: it puts no heartbeat off
                return take_ping(now, times);
            case FrameKind::snapshot:
                if (!snapshot_begun()) first_snapshot_ = FirstSnapshot::begun;
                break;
            case FrameKind::status:
                status_due_ = false;
                break;
            default:
                break;
        }
        bool const pinged = content.with_ping && take_ping(now, times);
        last_sent_ = now;
        return std::exchange(heartbeat_due_, false) || pinged;
    }
    bool snapshot_begun() const noexcept { return first_snapshot_ != FirstSnapshot::awaited; }
    /// The kernel took the last byte of a snapshot. True the first time.
    bool snapshot_sent() noexcept {
        return std::exchange(first_snapshot_, FirstSnapshot::sent) != FirstSnapshot::sent;
    }

    /// The feed's state changed. Before the first snapshot the change needs no message: the
    /// snapshot contains the state.
    void feed_state_changed() noexcept {
        if (snapshot_begun()) status_due_ = true;
    }
    /// Notes what has become due by this time.
    void elapse(SteadyTime now, StreamTimes const& times) noexcept {
        if (now >= next_ping_) ping_due_ = true;
        if (now - last_sent_ >= times.heartbeat) heartbeat_due_ = true;
    }
    /// When `elapse` must be called next. A frame that is sent after this call can make that time
    /// later; a call of `elapse` that is too early does no harm.
    SteadyTime next_due(StreamTimes const& times) const noexcept {
        auto const ping = ping_due_ ? SteadyTime::max() : next_ping_;
        return heartbeat_due_ ? ping : std::min(ping, last_sent_ + times.heartbeat);
    }
    /// A status, a heartbeat or a ping is due.
    bool something_due() const noexcept { return status_due_ || heartbeat_due_ || ping_due_; }

private:
    enum class FirstSnapshot : std::uint8_t { awaited, begun, sent };

    /// True if a ping was due.
    bool take_ping(SteadyTime now, StreamTimes const& times) noexcept {
        next_ping_ = now + times.ping;
        return std::exchange(ping_due_, false);
    }

    SteadyTime last_sent_;  ///< when the last message of any kind was sent
    SteadyTime next_ping_{SteadyTime::max()};
    FirstSnapshot first_snapshot_{FirstSnapshot::awaited};
    bool status_due_{false};
    bool heartbeat_due_{false};
    bool ping_due_{false};
};

}  // namespace tickcast
