#include "stream/frame_schedule.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>

namespace tickcast {
namespace {

using namespace std::chrono_literals;

constexpr SteadyTime kOpened{std::chrono::hours{1}};
constexpr StreamTimes kTimes{.heartbeat = 15s, .ping = 20s, .ping_ahead = 2s};
constexpr FrameSchedule::Waiting kNothing{.quotes_known = true};

/// A schedule after its first snapshot, which was sent when the stream began.
FrameSchedule begun() {
    FrameSchedule schedule{kOpened};
    schedule.frame_begun({.kind = FrameKind::snapshot}, kOpened, kTimes);
    return schedule;
}

/// The same schedule with pings; the first is due 20 s later.
FrameSchedule begun_with_pings() {
    auto schedule = begun();
    schedule.begin_pings(kOpened + 20s);
    return schedule;
}

// contract: END-2
TEST(FrameSchedule, BeforeTheFirstSnapshot_OnlyPingsAreSent) {
    FrameSchedule schedule{kOpened};
    schedule.begin_pings(kOpened + 20s);
    FrameSchedule::Waiting const quotes_unknown{.unsettled = true};
    schedule.elapse(kOpened + 19s, kTimes);
    EXPECT_EQ(schedule.next(quotes_unknown), std::nullopt) << "a heartbeat waits";
    schedule.elapse(kOpened + 20s, kTimes);
    EXPECT_EQ(schedule.next(quotes_unknown), FrameKind::ping);
    schedule.frame_begun({.kind = FrameKind::ping}, kOpened + 20s, kTimes);
    EXPECT_EQ(schedule.next(quotes_unknown), std::nullopt);
    schedule.elapse(kOpened + 40s, kTimes);
    EXPECT_EQ(schedule.next(quotes_unknown), FrameKind::ping) << "the next one";
    EXPECT_EQ(schedule.next({.quotes_known = true, .unsettled = true}), FrameKind::snapshot);
    EXPECT_EQ(schedule.next({.quotes_known = true}), FrameKind::snapshot)
        << "a session may be empty";
    EXPECT_FALSE(schedule.snapshot_begun());
}

TEST(FrameSchedule, WhenAllIsDue_OrderIsRepliesSnapshotStatusTicksPingHeartbeat) {
    auto schedule = begun_with_pings();
    schedule.elapse(kOpened + 1h, kTimes);
    schedule.feed_state_changed();
    FrameSchedule::Waiting waiting{
        .quotes_known = true, .unsettled = true, .replies = true, .ticks = true};
    auto const now = kOpened + 1h;

    EXPECT_EQ(schedule.next(waiting), FrameKind::replies);
    waiting.replies = false;
    EXPECT_EQ(schedule.next(waiting), FrameKind::snapshot);
    waiting.quotes_known = false;  // of the added tickers; all other frames go on
    EXPECT_EQ(schedule.next(waiting), FrameKind::status);
    waiting = {.quotes_known = true, .ticks = true};
    EXPECT_EQ(schedule.next(waiting), FrameKind::status);

    // A ping is no message, so the heartbeat is still due after it.
    FrameSchedule quiet = begun_with_pings();
    quiet.elapse(now, kTimes);
    EXPECT_EQ(quiet.next(waiting), FrameKind::ticks);
    EXPECT_EQ(quiet.next(kNothing), FrameKind::ping);
    quiet.frame_begun({.kind = FrameKind::ping}, now, kTimes);
    EXPECT_EQ(quiet.next(kNothing), FrameKind::heartbeat);
    quiet.frame_begun({.kind = FrameKind::heartbeat}, now, kTimes);
    EXPECT_EQ(quiet.next(kNothing), std::nullopt);
}

TEST(FrameSchedule, AStatus_IsDueOnceAndOnlyBehindTheFirstSnapshot) {
    FrameSchedule schedule{kOpened};
    schedule.feed_state_changed();  // the snapshot will contain the new state
    schedule.frame_begun({.kind = FrameKind::snapshot}, kOpened, kTimes);
    EXPECT_FALSE(schedule.something_due());
    schedule.feed_state_changed();
    EXPECT_TRUE(schedule.something_due());
    EXPECT_EQ(schedule.next(kNothing), FrameKind::status);
    schedule.frame_begun({.kind = FrameKind::status}, kOpened, kTimes);
    EXPECT_EQ(schedule.next(kNothing), std::nullopt);
    EXPECT_FALSE(schedule.something_due());
}

TEST(FrameSchedule, AHeartbeat_IsDueOnceNothingWasSentForItsTime) {
    auto schedule = begun();
    EXPECT_EQ(schedule.next_due(kTimes), kOpened + 15s);
    schedule.elapse(kOpened + 15s - 1ns, kTimes);
    EXPECT_EQ(schedule.next(kNothing), std::nullopt);
    schedule.elapse(kOpened + 15s, kTimes);
    EXPECT_EQ(schedule.next(kNothing), FrameKind::heartbeat);
    EXPECT_EQ(schedule.next_due(kTimes), SteadyTime::max())
        << "it is due: time brings nothing else";
}

TEST(FrameSchedule, EveryMessage_PutsTheHeartbeatOff) {
    for (auto const kind : {FrameKind::snapshot, FrameKind::replies, FrameKind::ticks,
                            FrameKind::status, FrameKind::heartbeat}) {
        auto schedule = begun();
        EXPECT_FALSE(schedule.frame_begun({.kind = kind}, kOpened + 10s, kTimes)) << "none was due";
        EXPECT_EQ(schedule.next_due(kTimes), kOpened + 25s);
        schedule.elapse(kOpened + 25s, kTimes);
        EXPECT_TRUE(schedule.frame_begun({.kind = kind}, kOpened + 25s, kTimes))
            << "the deadline that brought it is over";
        EXPECT_FALSE(schedule.something_due());
        EXPECT_EQ(schedule.next_due(kTimes), kOpened + 40s);
    }
}

TEST(FrameSchedule, APing_ComesAtItsTimeAndThenAgain) {
    auto schedule = begun_with_pings();
    schedule.frame_begun({.kind = FrameKind::replies}, kOpened + 19s, kTimes);
    EXPECT_EQ(schedule.next_due(kTimes), kOpened + 20s);
    schedule.elapse(kOpened + 20s - 1ns, kTimes);
    EXPECT_EQ(schedule.next(kNothing), std::nullopt);
    schedule.elapse(kOpened + 20s, kTimes);
    EXPECT_EQ(schedule.next(kNothing), FrameKind::ping);
    EXPECT_EQ(schedule.next_due(kTimes), kOpened + 34s) << "the heartbeat, since the ping is due";
    EXPECT_TRUE(schedule.frame_begun({.kind = FrameKind::ping}, kOpened + 21s, kTimes));
    EXPECT_EQ(schedule.next(kNothing), std::nullopt);
    EXPECT_EQ(schedule.next_due(kTimes), kOpened + 34s) << "a ping does not put it off";
    schedule.frame_begun({.kind = FrameKind::ticks}, kOpened + 30s, kTimes);
    EXPECT_EQ(schedule.next_due(kTimes), kOpened + 41s);
}

TEST(FrameSchedule, APing_RidesBehindTicksWithinATenthOfItsTime) {
    auto schedule = begun_with_pings();
    EXPECT_FALSE(schedule.ping_may_ride(kOpened + 18s - 1ns, kTimes));
    EXPECT_TRUE(schedule.ping_may_ride(kOpened + 18s, kTimes));
    FrameContent const ticks{.kind = FrameKind::ticks, .with_ping = true};
    EXPECT_FALSE(schedule.frame_begun(ticks, kOpened + 18s, kTimes)) << "it was not due yet";
    EXPECT_FALSE(schedule.ping_may_ride(kOpened + 36s - 1ns, kTimes));
    EXPECT_TRUE(schedule.ping_may_ride(kOpened + 36s, kTimes));

    schedule.elapse(kOpened + 38s, kTimes);
    EXPECT_TRUE(schedule.frame_begun(ticks, kOpened + 38s, kTimes));
    EXPECT_FALSE(schedule.something_due());
}

TEST(FrameSchedule, WithoutPings_NoneIsEverDueOrRides) {
    auto schedule = begun();
    schedule.elapse(kOpened + 24h, kTimes);
    EXPECT_EQ(schedule.next(kNothing), FrameKind::heartbeat);
    EXPECT_FALSE(schedule.ping_may_ride(kOpened + 24h, kTimes));
}

TEST(FrameSchedule, SnapshotSent_IsTrueForTheFirstAlone) {
    auto schedule = begun();
    EXPECT_TRUE(schedule.snapshot_begun());
    EXPECT_TRUE(schedule.snapshot_sent());
    schedule.frame_begun({.kind = FrameKind::snapshot}, kOpened, kTimes);
    EXPECT_FALSE(schedule.snapshot_sent());
    EXPECT_TRUE(schedule.snapshot_begun());
}

}  // namespace
}  // namespace tickcast
