#include "tickcast/hub/flush_queue.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <random>

namespace tickcast {
namespace {

TEST(FlushQueue, WhenPushedTwice_AClientKeepsItsOneEntry) {
    Subscriber first;
    Subscriber second;
    FlushQueue queue;
    queue.push(first);
    queue.push(second);
    queue.push(first);
    EXPECT_EQ(queue.size(), 2U);
    EXPECT_EQ(queue.peek(0), &first);
    EXPECT_EQ(queue.peek(1), &second);
    EXPECT_EQ(queue.pop(), &first);
    EXPECT_EQ(queue.pop(), &second);
    EXPECT_TRUE(queue.empty());
}

TEST(FlushQueue, WhenAnEntryIsGivenUp_NoOtherClientComesEarlierOrLater) {
    Subscriber first;
    Subscriber second;
    Subscriber third;
    FlushQueue queue;
    for (auto* client : {&first, &second, &third})
        queue.push(*client);
    queue.remove(second);
    queue.remove(second);
    EXPECT_EQ(queue.peek(1), nullptr);
    queue.push(second);  // again, after all others
    EXPECT_EQ(queue.pop(), &first);
    EXPECT_EQ(queue.pop(), nullptr);
    EXPECT_EQ(queue.pop(), &third);
    EXPECT_EQ(queue.pop(), &second);
    EXPECT_TRUE(queue.empty());
    queue.remove(first);  // has no entry any more
    queue.push(first);
    EXPECT_EQ(queue.pop(), &first);
}

TEST(FlushQueue, WhenRoomWasReserved_ThatManyMoreClientsFit) {
    std::deque<Subscriber> clients(65);
    FlushQueue queue;
    queue.push(clients[0]);
    queue.reserve(64);
    for (auto& client : clients)
        queue.push_reserved(client);
    ASSERT_EQ(queue.size(), 65U);
    for (auto& client : clients)
        EXPECT_EQ(queue.pop(), &client);
}

TEST(FlushQueue, WhenManyComeAndGo_OrderHoldsAsTheRingGrowsAndWraps) {
    std::deque<Subscriber> clients(300);
    std::deque<Subscriber*> expected;
    FlushQueue queue;
    std::mt19937 random{7};
    for (int step = 0; step < 100'000; ++step) {
        // Long phases in which the queue grows, and long phases in which it shrinks.
        auto const coming = step / 5'000 % 2 == 0 ? 60U : 40U;
        auto& client = clients[random() % clients.size()];
        if (random() % 100 < coming) {
            if (std::find(expected.begin(), expected.end(), &client) == expected.end())
                expected.push_back(&client);
            queue.push(client);
        } else if (random() % 4 == 0) {
            std::replace(expected.begin(), expected.end(), &client,
                         static_cast<Subscriber*>(nullptr));
            queue.remove(client);
        } else if (!expected.empty()) {
            ASSERT_EQ(queue.peek(expected.size() - 1), expected.back());
            ASSERT_EQ(queue.pop(), expected.front());
            expected.pop_front();
        }
        ASSERT_EQ(queue.size(), expected.size());
    }
    while (!queue.empty())
        queue.pop();
}

}  // namespace
}  // namespace tickcast
