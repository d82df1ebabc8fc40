// How a stream's messages stand on its transport: as WebSocket frames, or as events. No state that
// changes; shared by all streams, or a stream's own where it names the session. Shard's thread.
#pragma once

#include "tickcast/protocol/stream_messages.hpp"
#include "tickcast/stream/frame_arena.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace tickcast {

/// In place of a time, in milliseconds, in which a client is to come back: nothing is said of that.
inline constexpr std::uint32_t kNoRetry = 0;

class MessageEncoding {
public:
    /// Begins a message whose JSON is then appended to the arena, up to `end`. `retry_ms`: when the
    /// client is to come back, where the encoding itself can say so.
    virtual void begin(FrameArena& arena, MessageType type,
                       std::uint32_t retry_ms) const noexcept = 0;
    virtual FrameArena::Frame end(FrameArena& arena) const noexcept = 0;
    /// The same at once, behind other frames.
    virtual void append(std::string& frames, MessageType type, std::string_view json,
                        std::uint32_t retry_ms) const = 0;
    /// A whole frame; empty where the transport has no pings.
    virtual std::string_view ping() const noexcept = 0;

protected:
    ~MessageEncoding() = default;
};

class WebSocketEncoding final : public MessageEncoding {
public:
    void begin(FrameArena& arena, MessageType type, std::uint32_t retry_ms) const noexcept override;
    FrameArena::Frame end(FrameArena& arena) const noexcept override;
    void append(std::string& frames, MessageType type, std::string_view json,
                std::uint32_t retry_ms) const override;
    std::string_view ping() const noexcept override;
};
inline constexpr WebSocketEncoding kWebSocketEncoding{};

class EventEncoding final : public MessageEncoding {
public:
    /// `id`: of every event.
    explicit EventEncoding(std::string id) noexcept : id_(std::move(id)) {}

    void begin(FrameArena& arena, MessageType type, std::uint32_t retry_ms) const noexcept override;
    FrameArena::Frame end(FrameArena& arena) const noexcept override;
    void append(std::string& frames, MessageType type, std::string_view json,
                std::uint32_t retry_ms) const override;
    std::string_view ping() const noexcept override { return {}; }

private:
    std::string const id_;
};

}  // namespace tickcast
