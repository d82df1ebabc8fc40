// How a stream's messages are written on its transport: as WebSocket frames, or as events. No state
// that changes. Owner: all streams share the WebSocketFraming, on any thread; each EventStream
// owns its EventFraming, which contains the session's ID, on the shard's thread.
#pragma once

#include "tickcast/protocol/stream_messages.hpp"
#include "tickcast/stream/frame_arena.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace tickcast {

/// In place of the time in milliseconds after which a client should come back: the message contains
/// no such time.
inline constexpr std::uint32_t kNoRetry = 0;

class MessageFraming {
public:
    /// Begins a message. The caller appends the message's JSON to the arena, and then calls `end`.
    /// `retry_ms`: the time after which the client should come back, for a framing that has a
    /// place for it.
    virtual void begin(FrameArena& arena, MessageType type,
                       std::uint32_t retry_ms) const noexcept = 0;
    virtual FrameArena::Frame end(FrameArena& arena) const noexcept = 0;
    /// Appends a whole message to other frames, in one call.
    virtual void append(std::string& frames, MessageType type, std::string_view json,
                        std::uint32_t retry_ms) const = 0;
    /// A whole frame; empty where the transport has no pings.
    virtual std::string_view ping() const noexcept = 0;

protected:
    ~MessageFraming() = default;
};

class WebSocketFraming final : public MessageFraming {
public:
    void begin(FrameArena& arena, MessageType type, std::uint32_t retry_ms) const noexcept override;
    FrameArena::Frame end(FrameArena& arena) const noexcept override;
    void append(std::string& frames, MessageType type, std::string_view json,
                std::uint32_t retry_ms) const override;
    std::string_view ping() const noexcept override;
};
inline constexpr WebSocketFraming kWebSocketFraming{};

class EventFraming final : public MessageFraming {
public:
    /// `id`: the id of every event.
    explicit EventFraming(std::string id) noexcept : id_(std::move(id)) {}

    void begin(FrameArena& arena, MessageType type, std::uint32_t retry_ms) const noexcept override;
    FrameArena::Frame end(FrameArena& arena) const noexcept override;
    void append(std::string& frames, MessageType type, std::string_view json,
                std::uint32_t retry_ms) const override;
    std::string_view ping() const noexcept override { return {}; }

private:
    std::string const id_;
};

}  // namespace tickcast
