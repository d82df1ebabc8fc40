// Which frame is next for a client, and when one is due that nothing but time asks for: a value,
// which knows no socket, no hub and no clock. One per stream; its StreamConnection's.
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
    /// What waits for the client in other places.
    struct Waiting {
        bool quotes_known{false};  ///< those of all its tickers: a snapshot can be built
        bool unsettled{false};     ///< some of its tickers had no snapshot yet
        bool replies{false};
        bool ticks{false};  ///< and they may go
    };

    /// `now`: when the stream begins.
    explicit FrameSchedule(SteadyTime now) noexcept : last_sent_(now) {}

    /// From now on with pings, of which the first is due then.
    void begin_pings(SteadyTime first) noexcept { next_ping_ = first; }

    std::optional<FrameKind> next(Waiting const& waiting) const noexcept {
        if (!snapshot_begun()) {
            return waiting.quotes_known ? std::optional{FrameKind::snapshot} : std::nullopt;
        }
        if (waiting.replies) return FrameKind::replies;  // `subscribed` first: CONTRACT MSG-14
        if (waiting.unsettled && waiting.quotes_known) return FrameKind::snapshot;
        // Before the ticks: on a busy shard marks come back before the client's next turn.
        if (status_due_) return FrameKind::status;
        if (waiting.ticks) return FrameKind::ticks;
        if (ping_due_) return FrameKind::ping;  // ticks would have taken it along
        if (heartbeat_due_) return FrameKind::heartbeat;
        return std::nullopt;
    }
    /// A ping of its own costs as much as a frame of ticks, two bytes behind one cost nothing: so
    /// one that is due soon goes along.
    bool ping_may_ride(SteadyTime now, StreamTimes const& times) const noexcept {
        return now >= next_ping_ - times.ping_ahead;
    }
    /// The frame's first byte was taken: it will go out as it is. True where `next_due` is later
    /// for it.
    bool frame_begun(FrameContent content, SteadyTime now, StreamTimes const& times) noexcept {
        switch (content.kind) {
            case FrameKind::ping:  // is no message: a heartbeat is due all the same
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
    /// The last byte of a snapshot was taken. True the first time.
    bool snapshot_sent() noexcept {
        return std::exchange(first_snapshot_, FirstSnapshot::sent) != FirstSnapshot::sent;
    }

    /// The feed's state changed. Before the first snapshot it needs no message: the snapshot says
    /// it.
    void feed_state_changed() noexcept {
        if (snapshot_begun()) status_due_ = true;
    }
    /// Notices what has become due with time.
    void elapse(SteadyTime now, StreamTimes const& times) noexcept {
        if (now >= next_ping_) ping_due_ = true;
        if (now - last_sent_ >= times.heartbeat) heartbeat_due_ = true;
    }
    /// When `elapse` notices something next. Where a frame has put that off since it was asked, it
    /// is too early, which does no harm.
    SteadyTime next_due(StreamTimes const& times) const noexcept {
        auto const ping = ping_due_ ? SteadyTime::max() : next_ping_;
        return heartbeat_due_ ? ping : std::min(ping, last_sent_ + times.heartbeat);
    }
    /// A status, a heartbeat or a ping is due.
    bool something_due() const noexcept { return status_due_ || heartbeat_due_ || ping_due_; }

private:
    enum class FirstSnapshot : std::uint8_t { awaited, begun, sent };

    /// True if it was due.
    bool take_ping(SteadyTime now, StreamTimes const& times) noexcept {
        next_ping_ = now + times.ping;
        return std::exchange(ping_due_, false);
    }

    SteadyTime last_sent_;  ///< a message, whatever its kind
    SteadyTime next_ping_{SteadyTime::max()};
    FirstSnapshot first_snapshot_{FirstSnapshot::awaited};
    bool status_due_{false};
    bool heartbeat_due_{false};
    bool ping_due_{false};
};

}  // namespace tickcast
