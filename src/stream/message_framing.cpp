#include "stream/message_framing.hpp"

#include "tickcast/protocol/event_text.hpp"
#include "tickcast/stream/ws_frame.hpp"

namespace tickcast {

void WebSocketFraming::begin(FrameArena& arena, MessageType, std::uint32_t) const noexcept {
    arena.begin();
}

FrameArena::Frame WebSocketFraming::end(FrameArena& arena) const noexcept {
    return arena.end(WsOpcode::text);
}

void WebSocketFraming::append(std::string& frames, MessageType, std::string_view json,
                              std::uint32_t) const {
    append_text_frame(json, frames);
}

std::string_view WebSocketFraming::ping() const noexcept {
    // A header without a payload.
    static constexpr char kPing[]{static_cast<char>(0x80U | static_cast<unsigned>(WsOpcode::ping)),
                                  0};
    return {kPing, sizeof kPing};
}

void EventFraming::begin(FrameArena& arena, MessageType type,
                         std::uint32_t retry_ms) const noexcept {
    arena.begin_plain();
    // The line stands within the event: a block of its own would have no data (CONTRACT SSE-5).
    if (retry_ms != kNoRetry) append_retry_line(retry_ms, arena);
    begin_event(id_, name(type), arena);
}

FrameArena::Frame EventFraming::end(FrameArena& arena) const noexcept {
    arena.append(kEventEnd);
    return arena.end_plain();
}

void EventFraming::append(std::string& frames, MessageType type, std::string_view json,
                          std::uint32_t retry_ms) const {
    if (retry_ms != kNoRetry) append_retry_line(retry_ms, frames);
    begin_event(id_, name(type), frames);
    frames.append(json).append(kEventEnd);
}

}  // namespace tickcast
