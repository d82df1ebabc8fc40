#include "tickcast/protocol/event_text.hpp"
#include "tickcast/stream/frame_arena.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tickcast {
namespace {

// contract: SSE-1
TEST(Event, InAStringAndInAnArena_IsTheSame) {
    std::string text;
    begin_event("S.1", "ticks", text);
    text.append("{}").append(kEventEnd);
    EXPECT_EQ(text, "id: S.1\nevent: ticks\ndata: {}\n\n");

    FrameArena arena;
    arena.append("before");
    arena.begin_plain();
    begin_event("S.1", "ticks", arena);
    arena.append("{}");
    arena.append(kEventEnd);
    EXPECT_EQ(arena.bytes(arena.end_plain()), text);
}

TEST(Event, RetryLine_IsTheFirstOfAnEvent) {
    std::string text{"x\n"};
    append_retry_line(1234, text);
    EXPECT_EQ(text, "x\nretry: 1234\n");
    FrameArena arena;
    arena.begin_plain();
    append_retry_line(1234, arena);
    EXPECT_EQ(arena.bytes(arena.end_plain()), "retry: 1234\n");
}

}  // namespace
}  // namespace tickcast
