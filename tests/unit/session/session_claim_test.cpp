// Claims that continue an earlier one, and claims that take over.
#include "support/manual_clock.hpp"
#include "tickcast/session/session_map.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <optional>

namespace tickcast {
namespace {

using namespace std::chrono_literals;

class SessionClaimTest : public testing::Test {
protected:
    /// The claim's generation, or nothing if the claim was refused.
    std::optional<std::uint64_t> claim(std::optional<std::uint64_t> continues = {}) {
        auto const claim = map_.claim(id_, 0, ++connection_, continues);
        if (!claim) return std::nullopt;
        return claim->generation;
    }

    test::ManualClock clock_;
    SessionMap map_{{.pending = 30s, .detached = 20s}, clock_};
    SessionId const id_ = map_.create({TickerId{1}}, 0)->id;
    std::uint64_t connection_{0};
};

TEST_F(SessionClaimTest, WhenItContinuesTheNewest_StreamsAgain) {
    EXPECT_EQ(claim(), 1U);
    EXPECT_FALSE(map_.displaced(id_, 1));
    EXPECT_EQ(claim(1), 2U) << "the server might not have noticed the loss";
    ASSERT_TRUE(map_.release(id_, 2));
    EXPECT_EQ(claim(2), 3U);
}

// contract: SSE-7
TEST_F(SessionClaimTest, WhenAnotherTookOver_IsRefusedAndTheOtherStaysAsItIs) {
    EXPECT_EQ(claim(), 1U);
    EXPECT_EQ(claim(), 2U);
    EXPECT_TRUE(map_.displaced(id_, 1));
    EXPECT_EQ(claim(1), std::nullopt);
    auto const seen = map_.get(id_);
    ASSERT_TRUE(seen && seen->stream);
    EXPECT_EQ(seen->stream->generation, 2U);
    EXPECT_EQ(seen->stream->number, 2U);
}

TEST_F(SessionClaimTest, WhenTheOtherHasGoneMeanwhile_IsStillRefused) {
    claim();
    claim();
    ASSERT_TRUE(map_.release(id_, 2));
    EXPECT_EQ(claim(1), std::nullopt);
    EXPECT_EQ(claim(2), 3U);
}

// contract: SSE-7
TEST_F(SessionClaimTest, WhenItMissedItsOwnComeback_IsNotDisplaced) {
    claim();
    EXPECT_EQ(claim(1), 2U);  // the answer to this is lost
    EXPECT_FALSE(map_.displaced(id_, 1));
    EXPECT_EQ(claim(1), 3U);
    EXPECT_EQ(claim(2), 4U);
}

TEST_F(SessionClaimTest, WhenTakenOverAfterComebacks_AllOfThemAreDisplaced) {
    claim();
    claim(1);
    claim(2);
    EXPECT_EQ(claim(), 4U);
    for (std::uint64_t before = 1; before <= 3; ++before)
        EXPECT_EQ(claim(before), std::nullopt) << before;
    EXPECT_EQ(claim(4), 5U);
}

TEST_F(SessionClaimTest, WhenItNamesAFutureGeneration_IsATakeOver) {
    claim();
    EXPECT_EQ(claim(2), 2U);
    EXPECT_TRUE(map_.displaced(id_, 1));
}

TEST_F(SessionClaimTest, WhenThereIsNoSuchSession_NobodyIsDisplaced) {
    claim();
    claim();
    map_.remove(id_);
    EXPECT_FALSE(map_.displaced(id_, 1));
    EXPECT_EQ(claim(1), std::nullopt);
}

}  // namespace
}  // namespace tickcast
