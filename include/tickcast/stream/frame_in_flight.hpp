// A stream's frame, from its build to its last byte. Values; on the shard's thread. Within a slice
// a frame's content goes with the frame's bytes, and the ShardStreams owns one FrameInFlight that
// accounts for all frames in turn. Only a frame that the kernel took in part has a FrameInFlight of
// its own; its StreamOutput owns that. Bound: one tick per ticker of the stream.
#pragma once

#include "tickcast/model/ticker_table.hpp"
#include "tickcast/stream/frame_arena.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace tickcast {

enum class FrameKind : std::uint8_t { snapshot, replies, ticks, status, heartbeat, ping };

/// What a frame contains.
struct FrameContent {
    FrameKind kind{FrameKind::snapshot};
    bool with_ping{false};      ///< a ping follows the ticks
    std::uint32_t messages{1};  ///< only replies can have more than one

    /// The number of frames as the client's WebSocket and tickcast_frames_sent_total count them.
    std::uint32_t frames() const noexcept { return messages + (with_ping ? 1 : 0); }
    /// The time of a throttle starts with this frame.
    bool is_paced() const noexcept {
        return kind == FrameKind::ticks || kind == FrameKind::snapshot;
    }
};

/// A frame that a connection built in the slice's arena.
struct BuiltFrame {
    FrameArena::Frame range{};
    FrameContent content{};
};

/// A tick of a frame that is under way.
struct TickInFlight {
    TickerId ticker{};
    std::int64_t taken_in_ns{0};
};

struct FrameInFlight {
    FrameContent content{};
    std::size_t size{0};  ///< bytes on the wire; with TLS the bytes of its records
    std::vector<TickInFlight> ticks{};

    /// The frame goes out as it is, but no metric counts its ticks of these tickers any more.
    /// Returns how many these ticks are.
    std::size_t abandon(std::vector<TickerId> const& tickers) {
        return std::erase_if(ticks, [&tickers](TickInFlight const& tick) {
            return std::find(tickers.begin(), tickers.end(), tick.ticker) != tickers.end();
        });
    }
};

}  // namespace tickcast
