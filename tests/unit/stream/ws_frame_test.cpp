#include "tickcast/stream/ws_frame.hpp"

#include "client/frame_parser.hpp"
#include "tickcast/stream/frame_arena.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace tickcast {
namespace {

std::string header(std::size_t payload) {
    std::string bytes(kMaxWsHeader, '\xEE');
    auto const* end = write_ws_header(WsOpcode::text, payload, bytes.data());
    bytes.resize(static_cast<std::size_t>(end - bytes.data()));
    return bytes;
}

TEST(WsFrame, WhenPayloadIsAtAnEdge_HeaderIsTheShortest) {
    using std::string_literals::operator""s;
    EXPECT_EQ(header(0), "\x81\x00"s);
    EXPECT_EQ(header(125), "\x81\x7D"s);
    EXPECT_EQ(header(126), "\x81\x7E\x00\x7E"s);
    EXPECT_EQ(header(65535), "\x81\x7E\xFF\xFF"s);
    EXPECT_EQ(header(65536), "\x81\x7F\x00\x00\x00\x00\x00\x01\x00\x00"s);
    for (auto const size : std::initializer_list<std::size_t>{0, 125, 126, 65535, 65536}) {
        EXPECT_EQ(header(size).size(), ws_header_size(size));
    }
}

TEST(FrameArena, WhenFramesOfAllSizesFollowEachOther_AStrictReaderGetsThemAll) {
    FrameArena arena;
    std::vector<FrameArena::Frame> frames;
    std::vector<std::size_t> const sizes{0, 1, 125, 126, 127, 65535, 65536, 200'000, 3};
    for (auto const size : sizes) {
        arena.begin();
        arena.append(std::string(size / 2, 'a'));
        arena.append(std::string(size - size / 2, 'b'));
        frames.push_back(arena.end(WsOpcode::text));
    }
    client::FrameParser parser;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        parser.feed(arena.bytes(frames[i]));
        auto const message = parser.next();
        ASSERT_TRUE(message) << parser.violation();
        EXPECT_EQ(message->payload.size(), sizes[i]);
        EXPECT_EQ(message->payload.find_first_not_of('a'),
                  sizes[i] == 0 ? std::string_view::npos : sizes[i] / 2);
        EXPECT_FALSE(parser.next());
        parser.settle();
    }
    arena.clear();
    EXPECT_EQ(arena.used(), 0U);
}

}  // namespace
}  // namespace tickcast
