#include "stream/stream_life.hpp"

#include <gtest/gtest.h>

namespace tickcast {
namespace {

TEST(StreamLife, FromHandshakeToTheSocketsEnd_PassesEveryPhase) {
    StreamLife life;
    EXPECT_EQ(life.phase(), StreamPhase::opening);
    EXPECT_FALSE(life.is_open());
    life.handshake_over();
    EXPECT_TRUE(life.is_open());
    EXPECT_TRUE(life.close(CloseCode::deleted));
    EXPECT_EQ(life.phase(), StreamPhase::closing);
    EXPECT_EQ(life.our_code(), CloseCode::deleted);
    EXPECT_FALSE(life.has_ended());
    EXPECT_TRUE(life.end());
    EXPECT_TRUE(life.has_ended());
    EXPECT_FALSE(life.is_finished());
    EXPECT_TRUE(life.finish());
    EXPECT_TRUE(life.has_ended());
    EXPECT_TRUE(life.is_finished());
}

TEST(StreamLife, WhenClosedAgain_TheFirstCodeStays) {
    StreamLife life;
    life.handshake_over();
    EXPECT_TRUE(life.close(CloseCode::going_away));
    EXPECT_FALSE(life.close(CloseCode::taken_over));
    EXPECT_EQ(life.our_code(), CloseCode::going_away);
}

TEST(StreamLife, WhenClosedDuringTheHandshake_ClosingBeginsWithItsEnd) {
    StreamLife life;
    EXPECT_TRUE(life.close(CloseCode::taken_over));
    EXPECT_EQ(life.phase(), StreamPhase::opening);
    EXPECT_FALSE(life.close(CloseCode::deleted));
    life.handshake_over();
    EXPECT_EQ(life.phase(), StreamPhase::closing);
    EXPECT_EQ(life.our_code(), CloseCode::taken_over);
}

TEST(StreamLife, WhenThePeerClosesFirst_CodeIsNotOurs) {
    StreamLife life;
    life.handshake_over();
    life.closing_begins();
    EXPECT_EQ(life.phase(), StreamPhase::closing);
    EXPECT_FALSE(life.close(CloseCode::deleted));
    EXPECT_EQ(life.our_code(), std::nullopt);
}

TEST(StreamLife, OnceEnded_NoEarlierPhaseComesBack) {
    StreamLife life;
    EXPECT_TRUE(life.end()) << "a handshake may fail";
    EXPECT_FALSE(life.end());
    life.handshake_over();
    life.closing_begins();
    EXPECT_EQ(life.phase(), StreamPhase::ended);
    EXPECT_TRUE(life.finish());
    EXPECT_FALSE(life.finish());
    EXPECT_FALSE(life.end());
    EXPECT_FALSE(life.close(CloseCode::deleted));
    EXPECT_EQ(life.our_code(), std::nullopt);
    EXPECT_TRUE(life.is_finished());
}

}  // namespace
}  // namespace tickcast
