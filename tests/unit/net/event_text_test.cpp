#include "net/event_text.hpp"

#include "tickcast/net/frame_arena.hpp"
#include "tickcast/net/response.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tickcast {
namespace {

constexpr auto kMost = std::uint64_t{18'446'744'073'709'551'615U};

std::optional<std::uint64_t> continued(std::string const& text, SessionId const& session) {
    HttpHeader header;
    header.insert("Last-Event-ID", text);
    return continued_generation(header, session);
}

// contract: SSE-4
TEST(EventId, OfAnyGeneration_IsReadBack) {
    auto const session = SessionId::generate();
    for (auto const generation : {std::uint64_t{1}, std::uint64_t{10}, kMost}) {
        auto const id = event_id(session, generation);
        EXPECT_EQ(id, session.str() + '.' + std::to_string(generation));
        EXPECT_EQ(continued(id, session), generation) << id;
    }
}

TEST(ContinuedGeneration, WhenItIsNoIdOfThisSession_IsNothing) {
    auto const session = SessionId::generate();
    auto const own = session.str();
    for (auto const& text :
         {std::string{}, own, own + '.', own + ".0", own + ".01", own + ".-1", own + ".+1",
          own + ".1x", own + ". 1", own + ".1.1", own + "1", own + ":1", own.substr(1) + ".1",
          own + ".18446744073709551616", own + ".99999999999999999999999999", std::string{"1"},
          std::string{"x.1"}, std::string(23, '.'), event_id(SessionId::generate(), 1)}) {
        EXPECT_FALSE(continued(text, session)) << text;
    }
}

TEST(ContinuedGeneration, WhenTheFieldIsMissingOrThereTwice_IsNothing) {
    auto const session = SessionId::generate();
    HttpHeader header;
    EXPECT_FALSE(continued_generation(header, session));
    header.insert("Last-Event-ID", event_id(session, 1));
    EXPECT_TRUE(continued_generation(header, session));
    header.insert("Last-Event-ID", event_id(session, 1));
    EXPECT_FALSE(continued_generation(header, session));
}

// contract: SSE-1
TEST(Event, InAStringAndInAnArena_IsTheSame) {
    std::string text;
    begin_event("S.1", "ticks", text);
    text.append("{}").append(kEventEnd);
    EXPECT_EQ(text, "id: S.1\nevent: ticks\ndata: {}\n\n");

    FrameArena arena;
    arena.append("before");
    auto const start = arena.used();
    begin_event("S.1", "ticks", arena);
    arena.append("{}");
    arena.append(kEventEnd);
    EXPECT_EQ(arena.bytes(arena.end_plain(start)), text);
}

TEST(Event, RetryLine_IsTheFirstOfAnEvent) {
    std::string text{"x\n"};
    append_retry_line(1234, text);
    EXPECT_EQ(text, "x\nretry: 1234\n");
    FrameArena arena;
    append_retry_line(1234, arena);
    EXPECT_EQ(arena.bytes(arena.end_plain(0)), "retry: 1234\n");
}

// contract: SSE-8 SSE-9
TEST(EventStreamHead, AsSent_HasNoLengthAndEndsWithTheConnection) {
    auto const text = endless_head(event_stream_head());
    EXPECT_TRUE(text.starts_with("HTTP/1.1 200 OK\r\n")) << text;
    EXPECT_TRUE(text.ends_with("\r\n\r\n")) << text;
    for (auto const* line :
         {"Content-Type: text/event-stream", "Cache-Control: no-store, no-transform\r\n",
          "X-Accel-Buffering: no", "Connection: close", "Date: "}) {
        EXPECT_NE(text.find(std::string{"\r\n"} + line), std::string::npos) << line;
    }
    EXPECT_EQ(text.find("Content-Length"), std::string::npos);
    EXPECT_EQ(text.find("Transfer-Encoding"), std::string::npos);
}

TEST(StayAway, MustNotBeCached) {
    auto const response = stay_away_response();
    EXPECT_EQ(response.result_int(), 204U);
    EXPECT_EQ(response[http::field::cache_control], "no-store");
}

}  // namespace
}  // namespace tickcast
