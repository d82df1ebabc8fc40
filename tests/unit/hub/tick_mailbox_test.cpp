#include "tickcast/hub/tick_mailbox.hpp"

#include <gtest/gtest.h>

namespace tickcast {
namespace {

TickRecord record(std::uint32_t ticker, std::uint64_t sequence) {
    TickRecord made;
    made.ticker = TickerId{ticker};
    made.sequence = sequence;
    made.json_size = 1;
    made.json[0] = static_cast<char>('a' + sequence);
    return made;
}

TEST(TickMailbox, WhenTickerComesTwiceBeforeTheShardLooks_OnlyTheNewestIsThere) {
    int wakes = 0;
    TickMailbox mailbox{[&] { ++wakes; }};
    {
        TickMailbox::Batch batch{mailbox};
        batch.put(record(7, 1));
        batch.put(record(3, 1));
        batch.put(record(7, 2));
    }
    auto const taken = mailbox.take();
    ASSERT_EQ(taken.size(), 2U);
    EXPECT_EQ(taken[0].ticker, TickerId{7});
    EXPECT_EQ(taken[0].sequence, 2U);
    EXPECT_EQ(taken[0].text(), "c");
    EXPECT_EQ(taken[1].ticker, TickerId{3});
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
    auto const taken = mailbox.take();
    ASSERT_EQ(taken.size(), 1U);
    EXPECT_EQ(taken[0].interest, 42U);
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

}  // namespace
}  // namespace tickcast
