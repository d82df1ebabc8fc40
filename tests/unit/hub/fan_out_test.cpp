#include "unit/hub/fan_out_world.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <random>

namespace tickcast::test {
namespace {

class FanOutTest : public FanOutWorld {
protected:
    void take_in() {
        auto const& records = mailbox_.take();
        for (std::size_t i = 0; i < records.size(); ++i)
            fan_out_.take_in(records[i]);
    }
    /// Takes in all ticks, and gives each client that waits its turn.
    void run() {
        take_in();
        while (!fan_out_.waiting().empty()) {
            if (auto* const client = fan_out_.waiting().pop()) writer_.add(*client);
        }
        writer_.send();
    }
};

TEST_F(FanOutTest, WhenAClientJoinsTheQueueWithoutAMark_Wakes) {
    Subscriber client;
    fan_out_.subscribe(client, ids({1}));
    EXPECT_EQ(wakes_, 0) << "its quote has not come";
    answer();
    run();
    EXPECT_EQ(wakes_, 1);
    tick(1);
    take_in();
    EXPECT_EQ(wakes_, 1) << "who takes in looks at the queue by itself";
    EXPECT_EQ(fan_out_.waiting().size(), 1U);
    run();
    fan_out_.enqueue(client);
    EXPECT_EQ(wakes_, 2);
    fan_out_.unsubscribe_all(client);
}

TEST_F(FanOutTest, WhenQuotesHaveNotCome_ClientGetsNoTurn) {
    Subscriber client;
    fan_out_.subscribe(client, ids({1, 2}));
    ASSERT_EQ(interest_.changes.size(), 2U);
    put(1, 5, interest_.changes[0].request);
    run();
    EXPECT_FALSE(client.quotes_known());
    EXPECT_EQ(writer_.added_, 0U);
    put(2, 0, interest_.changes[1].request);
    run();
    EXPECT_TRUE(client.quotes_known());
    EXPECT_EQ(writer_.snapshots.size(), 1U);
    fan_out_.unsubscribe_all(client);
}

TEST_F(FanOutTest, WhenATickOfAnEarlierInterestArrives_ItIsNotTheAnswer) {
    Subscriber first;
    fan_out_.subscribe(first, ids({1}));
    fan_out_.unsubscribe_all(first);
    Subscriber second;
    fan_out_.subscribe(second, ids({1}));
    put(1, 7, interest_.changes[0].request);
    run();
    EXPECT_FALSE(second.quotes_known());
    put(1, 8, interest_.changes[2].request);
    run();
    EXPECT_TRUE(second.quotes_known());
    fan_out_.unsubscribe_all(second);
}

// contract: MSG-12
TEST_F(FanOutTest, WhenTickersTickAgainBeforeTheFlush_FrameHasTheNewestOfEachOnce) {
    Subscriber client;
    fan_out_.subscribe(client, ids({1, 2, 3}));
    answer();
    run();
    tick(1);
    tick(1);
    tick(3);
    take_in();
    tick(1);
    run();
    ASSERT_EQ(writer_.frames.size(), 1U);
    EXPECT_EQ(writer_.frames[0].second, "[1:3][3:1]");
    EXPECT_EQ(metrics_.ticks_conflated.value(), 2U);
    fan_out_.unsubscribe_all(client);
    EXPECT_EQ(metrics_.ticks_abandoned.value(), 0U);
}

/// A subscription keeps the low half of `n` alone.
TEST_F(FanOutTest, WhenTheSequencePassesTwoToThe32_ConflatedIsStillTheDifference) {
    sequence_[1] = 0xFFFF'FFFE;
    Subscriber client;
    fan_out_.subscribe(client, ids({1}));
    answer();
    run();
    put(1, 0x1'0000'0003);
    run();
    EXPECT_EQ(writer_.delivered, 1U);
    EXPECT_EQ(metrics_.ticks_conflated.value(), 4U);
    fan_out_.unsubscribe_all(client);
}

// contract: DEL-1 DEL-2
TEST_F(FanOutTest, WhenClientIsHeld_MarksWaitAndReleaseSendsTheNewest) {
    Subscriber client;
    fan_out_.subscribe(client, ids({1, 2}));
    answer();
    run();
    writer_.takes = false;
    tick(1);
    run();
    auto const turns = writer_.added_;
    for (int i = 0; i < 10; ++i) {
        tick(1);
        run();
    }
    EXPECT_EQ(writer_.added_, turns) << "held clients cost no turns";
    writer_.takes = true;
    fan_out_.release(client);
    run();
    ASSERT_EQ(writer_.frames.size(), 1U);
    EXPECT_EQ(writer_.frames[0].second, "[1:11]");
    EXPECT_EQ(metrics_.ticks_conflated.value(), 10U);
    fan_out_.unsubscribe_all(client);
}

TEST_F(FanOutTest, WhenClientLeavesWithMarks_NewestIsAbandonedAndOlderConflated) {
    Subscriber client;
    fan_out_.subscribe(client, ids({1}));
    answer();
    run();
    writer_.takes = false;
    for (int i = 0; i < 4; ++i) {
        tick(1);
        run();
    }
    fan_out_.unsubscribe_all(client);
    EXPECT_EQ(metrics_.ticks_abandoned.value(), 1U);
    EXPECT_EQ(metrics_.ticks_conflated.value(), 3U);
    EXPECT_EQ(metrics_.subscriptions.value(), 0);
    EXPECT_EQ(interest_.changes.back().request, 0U);
}

TEST_F(FanOutTest, WhenClientsHaveMoreThan64Tickers_AllMarksAreKept) {
    std::vector<std::uint32_t> many;
    for (std::uint32_t ticker = 0; ticker < 200; ++ticker)
        many.push_back(ticker);
    Subscriber client;
    fan_out_.subscribe(client, ids(many));
    answer();
    run();
    for (auto const ticker : {0U, 63U, 64U, 127U, 128U, 199U})
        tick(ticker);
    run();
    ASSERT_EQ(writer_.frames.size(), 1U);
    EXPECT_EQ(writer_.frames[0].second, "[0:1][63:1][64:1][127:1][128:1][199:1]");
    fan_out_.unsubscribe_all(client);
}

TEST_F(FanOutTest, WhenClientsComeAndGoAtRandom_CountsAgreeToTheTickAndNothingStays) {
    std::mt19937 random{11};
    struct Client {
        Subscriber subscriber;
        std::map<std::uint32_t, std::uint64_t> since;
    };
    std::vector<std::unique_ptr<Client>> clients;
    std::uint64_t expected = 0;
    auto const leave = [&](std::size_t at) {
        for (auto const& [ticker, sequence] : clients[at]->since)
            expected += sequence_[ticker] - sequence;
        fan_out_.unsubscribe_all(clients[at]->subscriber);
        writer_.snapshots.erase(&clients[at]->subscriber);
        clients.erase(clients.begin() + static_cast<std::ptrdiff_t>(at));
    };
    for (int step = 0; step < 20'000; ++step) {
        auto const what = random() % 100;
        if (what < 10) {
            auto made = std::make_unique<Client>();
            std::vector<std::uint32_t> tickers;
            for (std::uint32_t ticker = 0; ticker < 20; ++ticker) {
                if (random() % 4 == 0) tickers.push_back(ticker);
            }
            std::shuffle(tickers.begin(), tickers.end(), random);
            writer_.takes = true;
            fan_out_.subscribe(made->subscriber, ids(tickers));
            answer();
            run();
            for (auto const ticker : tickers)
                made->since[ticker] = sequence_[ticker];
            clients.push_back(std::move(made));
        } else if (what < 19 && !clients.empty()) {
            run();
            leave(random() % clients.size());
        } else if (what < 24 && !clients.empty()) {
            run();
            auto& client = *clients[random() % clients.size()];
            auto const ticker = static_cast<std::uint32_t>(random() % 20);
            if (auto const had = client.since.find(ticker); had != client.since.end()) {
                expected += sequence_[ticker] - had->second;
                client.since.erase(had);
                fan_out_.unsubscribe(client.subscriber, ids({ticker, 99}));
            } else {
                writer_.takes = true;
                fan_out_.subscribe(client.subscriber, ids({ticker}));
                answer();
                run();
                client.since[ticker] = sequence_[ticker];
            }
        } else if (what < 30) {
            writer_.takes = random() % 2 == 0;
            if (writer_.takes) {
                for (auto& client : clients)
                    fan_out_.release(client->subscriber);
            }
            run();
        } else {
            tick(static_cast<std::uint32_t>(random() % 20));
            if (random() % 3 == 0) run();
        }
    }
    run();
    while (!clients.empty())
        leave(clients.size() - 1);
    EXPECT_EQ(
        writer_.delivered + metrics_.ticks_conflated.value() + metrics_.ticks_abandoned.value(),
        expected);
    EXPECT_GT(writer_.delivered, 1000U);
    EXPECT_GT(metrics_.ticks_conflated.value(), 1000U);
    EXPECT_GT(metrics_.ticks_abandoned.value(), 10U);
    EXPECT_EQ(metrics_.subscriptions.value(), 0);
}

}  // namespace
}  // namespace tickcast::test
