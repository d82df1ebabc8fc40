#include "tickcast/stream/frame_in_flight.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace tickcast {
namespace {

std::vector<std::uint32_t> tickers_of(FrameInFlight const& frame) {
    std::vector<std::uint32_t> values;
    for (auto const& tick : frame.ticks)
        values.push_back(tick.ticker.value);
    return values;
}

TEST(FrameContent, Frames_AreTheMessagesAndThePingBehindThem) {
    EXPECT_EQ((FrameContent{.kind = FrameKind::snapshot}).frames(), 1U);
    EXPECT_EQ((FrameContent{.kind = FrameKind::ping}).frames(), 1U);
    EXPECT_EQ((FrameContent{.kind = FrameKind::ticks, .with_ping = true}).frames(), 2U);
    EXPECT_EQ((FrameContent{.kind = FrameKind::replies, .messages = 3}).frames(), 3U);
}

TEST(FrameContent, IsPaced_WhenTicksOrASnapshot) {
    for (auto const kind : {FrameKind::snapshot, FrameKind::ticks})
        EXPECT_TRUE(FrameContent{.kind = kind}.is_paced());
    for (auto const kind :
         {FrameKind::replies, FrameKind::status, FrameKind::heartbeat, FrameKind::ping})
        EXPECT_FALSE(FrameContent{.kind = kind}.is_paced());
}

TEST(FrameInFlight, WhenTickersAreAbandoned_TheOthersStay) {
    FrameInFlight frame{.content = {.kind = FrameKind::ticks},
                        .size = 100,
                        .ticks = {{TickerId{1}, 10}, {TickerId{2}, 20}, {TickerId{3}, 30}}};
    EXPECT_EQ(frame.abandon({TickerId{3}, TickerId{4}, TickerId{1}}), 2U);
    EXPECT_EQ(tickers_of(frame), std::vector<std::uint32_t>{2});
    EXPECT_EQ(frame.abandon({}), 0U);
    EXPECT_EQ(frame.size, 100U) << "it goes out as it is";
}

}  // namespace
}  // namespace tickcast
