#include "stream/message_framing.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace tickcast {
namespace {

/// The message as written in an arena after other bytes, and as appended to other frames.
struct Written {
    std::string in_arena;
    std::string appended;
};

Written written(MessageFraming const& framing, MessageType type, std::string_view json,
                std::uint32_t retry_ms) {
    FrameArena arena;
    arena.append("before");
    framing.begin(arena, type, retry_ms);
    arena.append(json);
    Written message{std::string{arena.bytes(framing.end(arena))}, "before"};
    framing.append(message.appended, type, json, retry_ms);
    return message;
}

TEST(WebSocketFraming, AMessage_IsATextFrameWithoutAnythingBesideItsJson) {
    for (auto const retry_ms : {kNoRetry, 1500U}) {
        auto const frame = written(kWebSocketFraming, MessageType::ticks, "{}", retry_ms);
        EXPECT_EQ(frame.in_arena, "\x81\x02{}");
        EXPECT_EQ(frame.appended, "before\x81\x02{}");
    }
}

TEST(WebSocketFraming, ALongMessage_HasTheLongerHeader) {
    std::string const json(70'000, 'x');
    auto const frame = written(kWebSocketFraming, MessageType::snapshot, json, kNoRetry);
    using std::string_literals::operator""s;
    auto const header = "\x81\x7F\x00\x00\x00\x00\x00\x01\x11\x70"s;
    EXPECT_EQ(frame.in_arena, header + json);
    EXPECT_EQ(frame.appended, "before" + header + json);
}

TEST(WebSocketFraming, APing_IsAFrameWithoutPayload) {
    using std::string_literals::operator""s;
    EXPECT_EQ(kWebSocketFraming.ping(), "\x89\x00"s);
}

TEST(EventFraming, AMessage_IsAnEventWithIdAndType) {
    EventFraming const framing{"S.1"};
    auto const event = written(framing, MessageType::status, "{}", kNoRetry);
    EXPECT_EQ(event.in_arena, "id: S.1\nevent: status\ndata: {}\n\n");
    EXPECT_EQ(event.appended, "before" + event.in_arena);
}

TEST(EventFraming, ARetry_StandsInTheSameEvent) {
    EventFraming const framing{"S.1"};
    auto const event = written(framing, MessageType::goodbye, "{}", 1500);
    EXPECT_EQ(event.in_arena, "retry: 1500\nid: S.1\nevent: goodbye\ndata: {}\n\n");
    EXPECT_EQ(event.appended, "before" + event.in_arena);
}

TEST(EventFraming, Pings_ThereAreNone) {
    EXPECT_TRUE(EventFraming{"S.1"}.ping().empty());
}

}  // namespace
}  // namespace tickcast
