#include "tickcast/session/session_map.hpp"

#include "support/manual_clock.hpp"
#include "tickcast/runtime/process_clock.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

namespace tickcast {
namespace {

using namespace std::chrono_literals;

constexpr Duration kTick = 1ns;

class SessionMapTest : public testing::Test {
protected:
    SessionId create() {
        auto created = map_.create({TickerId{1}, TickerId{2}}, 250);
        EXPECT_TRUE(created);
        return created->id;
    }
    std::uint64_t in_state(SessionState state) const {
        return map_.counts().by_state[static_cast<std::size_t>(state)];
    }
    std::uint64_t ended(SessionEnd end) const {
        return map_.counts().ended[static_cast<std::size_t>(end)];
    }
    /// True at every moment.
    void expect_counts_add_up() const {
        auto const counts = map_.counts();
        auto const alive =
            std::accumulate(counts.by_state.begin(), counts.by_state.end(), std::uint64_t{0});
        auto const gone =
            std::accumulate(counts.ended.begin(), counts.ended.end(), std::uint64_t{0});
        EXPECT_EQ(counts.created, alive + gone);
    }

    test::ManualClock clock_;
    SessionMap map_{{.pending = 30s, .detached = 20s, .max_sessions = 3}, clock_};
};

TEST_F(SessionMapTest, SessionMap_WhenCreated_IsPendingWithAWallClockExpiry) {
    auto const created = map_.create({TickerId{7}, TickerId{3}}, 250);
    ASSERT_TRUE(created);
    EXPECT_EQ(created->state, SessionState::pending);
    EXPECT_EQ(created->tickers, (std::vector{TickerId{7}, TickerId{3}}));
    EXPECT_EQ(created->throttle_ms, 250U);
    EXPECT_EQ(created->expires_at_us, test::ManualClock::kWallStartUs + 30'000'000);

    clock_.advance(1s);  // a look-up does not prolong
    auto const got = map_.get(created->id);
    ASSERT_TRUE(got);
    EXPECT_EQ(got->id, created->id);
    EXPECT_EQ(got->tickers, created->tickers);
    EXPECT_EQ(got->throttle_ms, 250U);
    EXPECT_EQ(got->expires_at_us, created->expires_at_us);
    EXPECT_EQ(map_.counts().created, 1U);
}

// contract: LIM-4
TEST_F(SessionMapTest, SessionMap_WhenBelowAtAndAboveMaxSessions_RefusesOnlyAbove) {
    create();
    create();
    auto const third = create();
    auto const fourth = map_.create({}, 0);
    ASSERT_FALSE(fourth);
    EXPECT_EQ(fourth.error().code, ErrorCode::at_capacity);
    EXPECT_EQ(fourth.error().limit, 3U);
    EXPECT_EQ(map_.counts().created, 3U);
    map_.remove(third);
    EXPECT_TRUE(map_.create({}, 0));
    EXPECT_FALSE(map_.create({}, 0));
}

TEST_F(SessionMapTest, SessionMap_WhenUnknown_NothingIsFound) {
    create();
    auto const other = SessionId::generate();
    EXPECT_FALSE(map_.get(other));
    EXPECT_FALSE(map_.claim(other, 0, 1));
    EXPECT_FALSE(map_.release(other, 1));
    EXPECT_FALSE(map_.end(other, 1, SessionEnd::policy));
    EXPECT_FALSE(map_.remove(other).found);
    EXPECT_EQ(in_state(SessionState::pending), 1U);
}

// contract: PAU-2
TEST_F(SessionMapTest, SessionMap_WhenTheProcessStoodStill_DelaysExpiries) {
    auto const pending = map_.create({TickerId{1}}, 0)->id;
    auto const detached = map_.create({TickerId{1}}, 0)->id;
    auto const claim = map_.claim(detached, 0, 1);
    ASSERT_TRUE(map_.release(detached, claim->generation));
    auto const expires_at_us = map_.get(pending)->expires_at_us;
    clock_.advance(19s);
    clock_.pause(1h);
    EXPECT_FALSE(map_.sweep());
    ASSERT_TRUE(map_.get(pending));
    ASSERT_TRUE(map_.get(detached));
    EXPECT_EQ(map_.get(pending)->expires_at_us, expires_at_us + 3'600'000'000);
    clock_.advance(1s);
    EXPECT_FALSE(map_.get(detached));
    clock_.advance(10s - 1ns);
    EXPECT_TRUE(map_.get(pending));
    clock_.advance(1ns);
    map_.sweep();
    EXPECT_EQ(ended(SessionEnd::expired_pending), 1U);
    EXPECT_EQ(ended(SessionEnd::expired_detached), 1U);
    expect_counts_add_up();
}

// contract: PAU-4
TEST_F(SessionMapTest, Age_WhenTheProcessStoodStill_CountsThePause) {
    SessionMap aging{{.pending = 30s, .detached = 20s, .max_age = 10s}, clock_};
    auto const id = aging.create({TickerId{1}}, 0)->id;
    auto const expires_at_us = aging.get(id)->expires_at_us;
    EXPECT_EQ(expires_at_us, test::ManualClock::kWallStartUs + 10'000'000);
    clock_.pause(10s - 1ns);
    ASSERT_TRUE(aging.get(id));
    EXPECT_EQ(aging.get(id)->expires_at_us, expires_at_us);
    clock_.pause(1ns);
    EXPECT_FALSE(aging.get(id));
    EXPECT_EQ(aging.counts().ended[static_cast<std::size_t>(SessionEnd::too_old)], 1U);
}

TEST_F(SessionMapTest, ExpiresAt_IsTheEarlierOfExpiryAndAge_AlsoAfterAPause) {
    SessionMap aging{{.pending = 30s, .detached = 20s, .max_age = 60s}, clock_};
    auto const id = aging.create({TickerId{1}}, 0)->id;
    clock_.pause(30s - 1us);
    EXPECT_EQ(aging.get(id)->expires_at_us, test::ManualClock::kWallStartUs + 59'999'999);
    clock_.pause(2us);
    EXPECT_EQ(aging.get(id)->expires_at_us, test::ManualClock::kWallStartUs + 60'000'000);
    clock_.advance(30s - 1us - kTick);
    ASSERT_TRUE(aging.get(id));
    clock_.advance(kTick);
    EXPECT_FALSE(aging.get(id));
}

/// The times of a thread that a test stops, and the control thread's clock on them.
class ExpiresAtTest : public testing::Test, private ThreadTimes {
protected:
    static constexpr Duration kTick = 50ms;

    ExpiresAtTest() {
        clock_.begin();
        clock_.tick(kTick);
    }
    SteadyTime now() const noexcept override { return now_; }
    std::int64_t wall_us() const noexcept override { return SystemClock{}.wall_us(); }
    Duration cpu() const noexcept override { return {}; }
    /// How long the session has until it expires, by the wall clock.
    Duration left(SessionId const& id) const {
        return std::chrono::microseconds{map_.get(id)->expires_at_us - wall_us()};
    }

    SteadyTime now_{1h};
    ProcessClock clock_{*this};
    SessionMap map_{{.pending = 30s, .detached = 20s}, clock_};
};

// contract: PAU-2
TEST_F(ExpiresAtTest, OfASessionThatIsMadeBeforeThePauseIsNoticed_IsRightBeforeAndAfter) {
    now_ += 1min;
    auto const id = map_.create({TickerId{1}}, 0)->id;
    EXPECT_GT(left(id), 29s);
    EXPECT_LT(left(id), 32s);
    clock_.tick(kTick);
    EXPECT_GT(left(id), 29s);
    EXPECT_LT(left(id), 32s);
    EXPECT_EQ(map_.get(id)->expires_at_us, map_.get(id)->expires_at_us) << "it does not jitter";
}

TEST_F(ExpiresAtTest, OfASessionFromBeforeThePause_IsPutOffBeforeThePauseIsNoticed) {
    auto const id = map_.create({TickerId{1}}, 0)->id;
    auto const at_first = map_.get(id)->expires_at_us;
    now_ += 1min;
    EXPECT_GE(map_.get(id)->expires_at_us, at_first + 59'000'000);
    clock_.tick(kTick);
    EXPECT_GE(map_.get(id)->expires_at_us, at_first + 59'000'000);
    EXPECT_LE(map_.get(id)->expires_at_us, at_first + 62'000'000);
}

TEST_F(SessionMapTest, SessionMap_WhenClaimed_StreamsWithoutExpiry) {
    auto const id = create();
    auto const claim = map_.claim(id, 1, 11);
    ASSERT_TRUE(claim);
    EXPECT_EQ(claim->tickers, (std::vector{TickerId{1}, TickerId{2}}));
    EXPECT_EQ(claim->throttle_ms, 250U);
    EXPECT_EQ(claim->generation, 1U);
    EXPECT_FALSE(claim->displaced);
    clock_.advance(1h);
    map_.sweep();
    auto const got = map_.get(id);
    ASSERT_TRUE(got);
    EXPECT_EQ(got->state, SessionState::streaming);
    EXPECT_EQ(got->expires_at_us, 0);
}

TEST_F(SessionMapTest, Sweep_WhenMoreExpiredThanItMayEnd_LeavesTheRestToTheNext) {
    for (int i = 0; i < 3; ++i)
        create();
    clock_.advance(30s);
    EXPECT_TRUE(map_.sweep(2));
    EXPECT_EQ(ended(SessionEnd::expired_pending), 2U);
    EXPECT_EQ(in_state(SessionState::pending), 1U);
    EXPECT_FALSE(map_.sweep(2));
    EXPECT_EQ(ended(SessionEnd::expired_pending), 3U);
    expect_counts_add_up();
}

// contract: STR-4
TEST_F(SessionMapTest, SessionMap_WhenClaimedWhileStreaming_ReturnsTheDisplacedStream) {
    auto const id = create();
    map_.claim(id, 1, 11);
    auto const second = map_.claim(id, 2, 22);
    ASSERT_TRUE(second);
    EXPECT_EQ(second->generation, 2U);
    EXPECT_EQ(second->displaced, (StreamRef{.shard = 1, .number = 11, .generation = 1}));
    EXPECT_EQ(in_state(SessionState::streaming), 1U);
}

TEST_F(SessionMapTest, SessionMap_WhenReleasedByOldGeneration_StaysStreaming) {
    auto const id = create();
    auto const old = map_.claim(id, 1, 11);
    auto const current = map_.claim(id, 2, 22);
    EXPECT_FALSE(map_.release(id, old->generation));
    EXPECT_FALSE(map_.end(id, old->generation, SessionEnd::policy));
    EXPECT_EQ(map_.get(id)->state, SessionState::streaming);
    EXPECT_TRUE(map_.release(id, current->generation));
    EXPECT_EQ(map_.get(id)->state, SessionState::detached);
}

TEST_F(SessionMapTest, SessionMap_WhenReleasedTwice_KeepsTheFirstDeadline) {
    auto const id = create();
    auto const claim = map_.claim(id, 1, 11);
    EXPECT_TRUE(map_.release(id, claim->generation));
    auto const deadline = map_.get(id)->expires_at_us;
    clock_.advance(1s);
    EXPECT_FALSE(map_.release(id, claim->generation));
    EXPECT_FALSE(map_.end(id, claim->generation, SessionEnd::too_old));
    EXPECT_EQ(map_.get(id)->expires_at_us, deadline);
}

// contract: SET-40
TEST_F(SessionMapTest, SessionMap_WhenReleased_IsDetachedWithAFreshDeadline) {
    auto const id = create();
    clock_.advance(29s);
    auto const claim = map_.claim(id, 1, 11);
    map_.release(id, claim->generation);
    EXPECT_EQ(map_.get(id)->expires_at_us, clock_.wall_us() + 20'000'000);
    clock_.advance(20s - kTick);
    map_.sweep();
    auto const again = map_.claim(id, 2, 22);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->generation, 2U);
    EXPECT_FALSE(again->displaced);
}

TEST_F(SessionMapTest, SessionMap_WhenPendingEntryIsStale_DoesNotExpireADetachedSession) {
    auto const id = create();
    clock_.advance(29s);
    map_.release(id, map_.claim(id, 1, 11)->generation);
    clock_.advance(1s);  // the pending entry is due, the session is not
    map_.sweep();
    EXPECT_TRUE(map_.get(id));
}

TEST_F(SessionMapTest, SessionMap_WhenDetachedAgain_OnlyTheNewDeadlineCounts) {
    auto const id = create();
    map_.release(id, map_.claim(id, 1, 11)->generation);
    clock_.advance(10s);
    map_.release(id, map_.claim(id, 1, 12)->generation);
    clock_.advance(10s);  // the first deadline
    map_.sweep();
    EXPECT_EQ(in_state(SessionState::detached), 1U);
    clock_.advance(10s - kTick);
    map_.sweep();
    EXPECT_EQ(in_state(SessionState::detached), 1U);
    clock_.advance(kTick);
    map_.sweep();
    EXPECT_EQ(in_state(SessionState::detached), 0U);
    EXPECT_EQ(ended(SessionEnd::expired_detached), 1U);
}

// contract: SET-39 MET-10
TEST_F(SessionMapTest, SessionMap_WhenSweptAtItsDeadline_EndsAndMakesRoom) {
    for (int i = 0; i < 3; ++i)
        create();
    clock_.advance(30s - kTick);
    map_.sweep();
    EXPECT_EQ(in_state(SessionState::pending), 3U);
    clock_.advance(kTick);
    map_.sweep();
    EXPECT_EQ(in_state(SessionState::pending), 0U);
    EXPECT_EQ(ended(SessionEnd::expired_pending), 3U);
    for (int i = 0; i < 3; ++i)
        create();
    expect_counts_add_up();
}

TEST_F(SessionMapTest, SessionMap_WhenExpiredButNotSwept_IsNotFoundAndEndsOnce) {
    auto const got = create();
    auto const claimed = create();
    auto const removed = create();
    clock_.advance(30s);
    EXPECT_FALSE(map_.get(got));
    EXPECT_FALSE(map_.claim(claimed, 0, 1));
    EXPECT_FALSE(map_.remove(removed).found);
    EXPECT_EQ(ended(SessionEnd::expired_pending), 3U);
    map_.sweep();
    EXPECT_EQ(ended(SessionEnd::expired_pending), 3U);
    EXPECT_EQ(ended(SessionEnd::deleted), 0U);
    EXPECT_TRUE(map_.create({}, 0));
    expect_counts_add_up();
}

TEST_F(SessionMapTest, SessionMap_WhenRemoved_ReturnsItsStream) {
    auto const waiting = create();
    auto const streaming = create();
    map_.claim(streaming, 3, 33);
    auto const first = map_.remove(waiting);
    EXPECT_TRUE(first.found);
    EXPECT_FALSE(first.streaming);
    auto const second = map_.remove(streaming);
    EXPECT_TRUE(second.found);
    EXPECT_EQ(second.streaming, (StreamRef{.shard = 3, .number = 33, .generation = 1}));
    EXPECT_FALSE(map_.remove(streaming).found);
    EXPECT_FALSE(map_.release(streaming, 1));  // the stream ends after its session
    EXPECT_EQ(ended(SessionEnd::deleted), 2U);
    expect_counts_add_up();
}

TEST_F(SessionMapTest, SessionMap_WhenEndedByItsStream_IsGoneForThatReason) {
    auto const flooding = create();
    auto const old = create();
    EXPECT_FALSE(map_.end(old, 0, SessionEnd::policy));  // pending: nobody streams it
    EXPECT_TRUE(map_.end(flooding, map_.claim(flooding, 0, 1)->generation, SessionEnd::policy));
    EXPECT_TRUE(map_.end(old, map_.claim(old, 0, 2)->generation, SessionEnd::too_old));
    EXPECT_FALSE(map_.get(flooding));
    EXPECT_EQ(ended(SessionEnd::policy), 1U);
    EXPECT_EQ(ended(SessionEnd::too_old), 1U);
    expect_counts_add_up();
}

// contract: API-7 MET-6 MET-10
TEST(SessionLabels, Names_OfStatesAndEnds_AreTheContracts) {
    EXPECT_EQ(name(SessionState::pending), "pending");
    EXPECT_EQ(name(SessionState::streaming), "streaming");
    EXPECT_EQ(name(SessionState::detached), "detached");
    EXPECT_EQ(name(SessionEnd::deleted), "deleted");
    EXPECT_EQ(name(SessionEnd::expired_pending), "expired_pending");
    EXPECT_EQ(name(SessionEnd::expired_detached), "expired_detached");
    EXPECT_EQ(name(SessionEnd::too_old), "too_old");
    EXPECT_EQ(name(SessionEnd::policy), "policy");
}

}  // namespace
}  // namespace tickcast
