// A stream's frame, from its build to its last byte. Values. Within a slice a frame's content goes
// with its bytes, and the shard has one FrameInFlight to account for all of them in turn; only a
// frame of which the kernel took a part has one of its own, which its StreamConnection keeps.
#pragma once

#include "tickcast/model/ticker_table.hpp"
#include "tickcast/stream/frame_arena.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace tickcast {

enum class FrameKind : std::uint8_t { snapshot, replies, ticks, status, heartbeat, ping };

/// What a frame was built of.
struct FrameContent {
    FrameKind kind{FrameKind::snapshot};
    bool with_ping{false};      ///< a ping rides behind the ticks
    std::uint32_t messages{1};  ///< more than one among replies alone

    /// As the client's WebSocket counts, and tickcast_frames_sent_total.
    std::uint32_t frames() const noexcept { return messages + (with_ping ? 1 : 0); }
    /// A throttle's time runs from it.
    bool is_paced() const noexcept {
        return kind == FrameKind::ticks || kind == FrameKind::snapshot;
    }
};

/// What a connection built in the slice's arena.
struct BuiltFrame {
    FrameArena::Frame place{};
    FrameContent content{};
};

/// A tick of a frame that is under way.
struct TickInFlight {
    TickerId ticker{};
    std::int64_t taken_in_ns{0};
};

struct FrameInFlight {
    FrameContent content{};
    std::size_t size{0};  ///< bytes on the wire, with TLS those of its records
    std::vector<TickInFlight> ticks{};

    /// The frame goes out as it is, but its ticks of these tickers count for nobody any more.
    /// Returns how many they are.
    std::size_t abandon(std::vector<TickerId> const& tickers) {
        return std::erase_if(ticks, [&tickers](TickInFlight const& tick) {
            return std::find(tickers.begin(), tickers.end(), tick.ticker) != tickers.end();
        });
    }
};

}  // namespace tickcast
