#include "tickcast/hub/tick_mailbox.hpp"

#include "tickcast/runtime/peer_clock.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <vector>

namespace tickcast {
namespace {

TickRecord record(std::uint32_t ticker, std::uint64_t sequence) {
    TickRecord made;
    made.topic = {TickerId{ticker}, TickEncoding::json};
    made.sequence = sequence;
    made.size = 1;
    made.bytes[0] = static_cast<char>('a' + sequence);
    return made;
}

// contract: DEL-2
TEST(TickMailbox, WhenTickerComesTwiceBeforeTheShardLooks_OnlyTheNewestIsThere) {
    int wakes = 0;
    TickMailbox mailbox{[&] { ++wakes; }};
    {
        TickMailbox::Batch batch{mailbox};
        batch.put(record(7, 1));
        batch.put(record(3, 1));
        batch.put(record(7, 2));
    }
    auto const& taken = mailbox.take();
    ASSERT_EQ(taken.size(), 2U);
    EXPECT_EQ(taken[0].topic.ticker(), TickerId{7});
    EXPECT_EQ(taken[0].sequence, 2U);
    EXPECT_EQ(taken[0].text(), "c");
    EXPECT_EQ(taken[1].topic.ticker(), TickerId{3});
    EXPECT_EQ(wakes, 1);
}

TEST(TickMailbox, WhenNotTakenYet_WakesOnlyOnce) {
    int wakes = 0;
    TickMailbox mailbox{[&] { ++wakes; }};
    for (std::uint64_t n = 1; n <= 3; ++n)
        TickMailbox::Batch{mailbox}.put(record(1, n));
    EXPECT_EQ(wakes, 1);
    EXPECT_EQ(mailbox.take().size(), 1U);
    TickMailbox::Batch{mailbox}.put(record(1, 4));
    EXPECT_EQ(wakes, 2);
    EXPECT_EQ(mailbox.take()[0].sequence, 4U);
    EXPECT_TRUE(mailbox.take().empty());
}

TEST(TickMailbox, WhenATickReplacesAnAnswer_TheAnswerKeepsItsNumber) {
    TickMailbox mailbox{[] {}};
    TickMailbox::Batch{mailbox}.put(record(5, 1), 42);
    TickMailbox::Batch{mailbox}.put(record(5, 2));
    auto const& taken = mailbox.take();
    ASSERT_EQ(taken.size(), 1U);
    EXPECT_EQ(taken[0].request, 42U);
    EXPECT_EQ(taken[0].sequence, 2U);
}

TEST(TickMailbox, WhenBatchIsEmpty_DoesNotWake) {
    int wakes = 0;
    TickMailbox mailbox{[&] { ++wakes; }};
    {
        TickMailbox::Batch batch{mailbox};
    }
    EXPECT_EQ(wakes, 0);
}

TEST(TickMailbox, WhenManyTickersWait_NoneIsEverMovedAndAllComeInTheirOrder) {
    constexpr std::uint32_t kMany = 1'000;
    TickRecords records;
    std::vector<TickRecord const*> places;
    for (std::uint32_t i = 0; i < kMany; ++i) {
        auto& added = records.add();
        added.assign(record(i, i % 20));
        places.push_back(&added);
    }
    ASSERT_EQ(records.size(), kMany);
    for (std::uint32_t i = 0; i < kMany; ++i) {
        EXPECT_EQ(&records[i], places[i]);
        EXPECT_EQ(records[i].topic.ticker(), TickerId{i});
    }
    records.clear();
    EXPECT_TRUE(records.empty());
    EXPECT_EQ(&records.add(), places[0]) << "its memory is kept";
}

TEST(TickMailbox, WhenAnAnswersRecordIsReused_NoAnswerIsLeftInIt) {
    TickMailbox mailbox{[] {}};
    for (int round = 0; round < 3; ++round) {
        TickMailbox::Batch{mailbox}.put(record(5, 1), 42);
        EXPECT_EQ(mailbox.take()[0].request, 42U);
        TickMailbox::Batch{mailbox}.put(record(6, 1));
        EXPECT_EQ(mailbox.take()[0].request, 0U);
    }
}

/// 100,000 watched tickers tick for the first time: a put may cost a new chunk, never a move of
/// all.
// contract: PSH-16
TEST(TickMailbox, WhenAllOfALargeUniverseTicksAtOnce_NoPutTakesLong) {
    TickMailbox mailbox{[] {}};
    TickRecord tick = record(0, 1);
    Duration longest{0};
    TickMailbox::Batch batch{mailbox};
    for (std::uint32_t i = 0; i < 100'000; ++i) {
        tick.topic = {TickerId{i}, TickEncoding::json};
        auto const before = ThreadTimes::system().cpu();
        batch.put(tick);
        longest = std::max(longest, ThreadTimes::system().cpu() - before);
    }
    EXPECT_LE(longest, std::chrono::milliseconds{10});
}

}  // namespace
}  // namespace tickcast
