#include "tickcast/hub/hub_shard.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <numeric>
#include <random>
#include <set>
#include <string>

namespace tickcast {
namespace {

/// What the hub says of a client's frames, without sockets: `takes` plays the kernel.
class RecordingWriter final : public SliceWriter {
public:
    explicit RecordingWriter(HubShard& hub) : hub_(hub) { hub.set_writer(*this); }

    void prefetch(Subscriber const&) noexcept override {}
    bool add(Subscriber& client) noexcept override {
        slice_.push_back(&client);
        ++added_;
        return true;
    }
    void send() noexcept override {
        slices_.push_back(slice_.size());
        for (auto* client : slice_) {
            if (!takes) {
                hub_.hold(*client);
                continue;
            }
            if (snapshots.insert(client).second || client->unsettled()) {
                hub_.snapshot_taken(*client);
                continue;
            }
            std::string frame;
            hub_.for_each_marked(*client, [&](std::string_view text) { frame += text; });
            hub_.frame_taken(*client, [&](TickerId, std::int64_t) { ++delivered; });
            frames.emplace_back(client, frame);
        }
        slice_.clear();
    }

    bool takes{true};
    std::uint64_t delivered{0};
    std::set<Subscriber*> snapshots;
    std::vector<std::pair<Subscriber*, std::string>> frames;
    std::size_t added_{0};
    std::vector<std::size_t> slices_;

private:
    HubShard& hub_;
    std::vector<Subscriber*> slice_;
};

class RecordingInterest final : public InterestSink {
public:
    void change(InterestChange change) override { changes.push_back(change); }
    std::vector<InterestChange> changes;
};

class HubShardTest : public ::testing::Test {
protected:
    void run() {
        hub_.take_in();
        hub_.flush();
        shard_.io().restart();
        shard_.io().poll();
    }
    void put(std::uint32_t ticker, std::uint64_t sequence, std::uint32_t interest = 0) {
        TickRecord record;
        record.ticker = TickerId{ticker};
        record.sequence = sequence;
        auto const text = "[" + std::to_string(ticker) + ":" + std::to_string(sequence) + "]";
        record.json_size = static_cast<std::uint16_t>(text.copy(record.json, text.size()));
        TickMailbox::Batch{mailbox_}.put(record, interest);
    }
    /// Answers all interests not answered yet, as the router does.
    void answer() {
        for (auto const& change : interest_.changes) {
            if (change.number != 0)
                put(change.ticker.value, sequence_[change.ticker.value], change.number);
        }
        interest_.changes.clear();
    }
    void tick(std::uint32_t ticker) { put(ticker, ++sequence_[ticker]); }
    static std::vector<TickerId> ids(std::vector<std::uint32_t> const& values) {
        std::vector<TickerId> made;
        for (auto const value : values)
            made.push_back(TickerId{value});
        return made;
    }

    ShardMetrics metrics_;
    Shard shard_{0, metrics_};
    TickMailbox mailbox_{[] {}};
    RecordingInterest interest_;
    HubShard hub_{shard_, mailbox_, interest_};
    RecordingWriter writer_{hub_};
    std::map<std::uint32_t, std::uint64_t> sequence_;
};

TEST_F(HubShardTest, WhenQuotesHaveNotCome_ClientGetsNoTurn) {
    Subscriber client;
    hub_.subscribe(client, ids({1, 2}));
    ASSERT_EQ(interest_.changes.size(), 2U);
    put(1, 5, interest_.changes[0].number);
    run();
    EXPECT_FALSE(client.quotes_known());
    EXPECT_EQ(writer_.added_, 0U);
    put(2, 0, interest_.changes[1].number);
    run();
    EXPECT_TRUE(client.quotes_known());
    EXPECT_EQ(writer_.snapshots.size(), 1U);
    hub_.unsubscribe_all(client);
}

TEST_F(HubShardTest, WhenATickOfAnEarlierInterestArrives_ItIsNotTheAnswer) {
    Subscriber first;
    hub_.subscribe(first, ids({1}));
    hub_.unsubscribe_all(first);
    Subscriber second;
    hub_.subscribe(second, ids({1}));
    put(1, 7, interest_.changes[0].number);
    run();
    EXPECT_FALSE(second.quotes_known());
    put(1, 8, interest_.changes[2].number);
    run();
    EXPECT_TRUE(second.quotes_known());
    hub_.unsubscribe_all(second);
}

TEST_F(HubShardTest, WhenTicksAreTakenIn_TheFirstSliceGoesOutAtOnceAndTheRestByTurns) {
    constexpr auto clients = HubShard::kSliceClients + 1;
    std::vector<std::unique_ptr<Subscriber>> all;
    for (std::size_t i = 0; i < clients; ++i) {
        all.push_back(std::make_unique<Subscriber>());
        hub_.subscribe(*all.back(), ids({1}));
    }
    answer();
    run();
    writer_.slices_.clear();
    tick(1);
    hub_.take_in();
    hub_.flush();
    EXPECT_EQ(writer_.slices_, std::vector{HubShard::kSliceClients});
    tick(1);
    hub_.take_in();
    hub_.flush();  // one is under way: its turn comes
    EXPECT_EQ(writer_.slices_.size(), 1U);
    run();
    EXPECT_EQ(writer_.delivered, 2 * clients - 1);  // the last one has the newest alone
    for (auto& client : all)
        hub_.unsubscribe_all(*client);
}

// contract: MSG-12
TEST_F(HubShardTest, WhenTickersTickAgainBeforeTheFlush_FrameHasTheNewestOfEachOnce) {
    Subscriber client;
    hub_.subscribe(client, ids({1, 2, 3}));
    answer();
    run();
    tick(1);
    tick(1);
    tick(3);
    hub_.take_in();
    tick(1);
    run();
    ASSERT_EQ(writer_.frames.size(), 1U);
    EXPECT_EQ(writer_.frames[0].second, "[1:3][3:1]");
    EXPECT_EQ(metrics_.ticks_conflated.value(), 2U);
    hub_.unsubscribe_all(client);
    EXPECT_EQ(metrics_.ticks_abandoned.value(), 0U);
}

/// A subscription keeps the low half of `n` alone.
TEST_F(HubShardTest, WhenTheSequencePassesTwoToThe32_ConflatedIsStillTheDifference) {
    sequence_[1] = 0xFFFF'FFFE;
    Subscriber client;
    hub_.subscribe(client, ids({1}));
    answer();
    run();
    put(1, 0x1'0000'0003);
    run();
    EXPECT_EQ(writer_.delivered, 1U);
    EXPECT_EQ(metrics_.ticks_conflated.value(), 4U);
    hub_.unsubscribe_all(client);
}

// contract: DEL-1 DEL-2
TEST_F(HubShardTest, WhenClientIsHeld_MarksWaitAndReleaseSendsTheNewest) {
    Subscriber client;
    hub_.subscribe(client, ids({1, 2}));
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
    hub_.release(client);
    run();
    ASSERT_EQ(writer_.frames.size(), 1U);
    EXPECT_EQ(writer_.frames[0].second, "[1:11]");
    EXPECT_EQ(metrics_.ticks_conflated.value(), 10U);
    hub_.unsubscribe_all(client);
}

TEST_F(HubShardTest, WhenClientLeavesWithMarks_NewestIsAbandonedAndOlderConflated) {
    Subscriber client;
    hub_.subscribe(client, ids({1}));
    answer();
    run();
    writer_.takes = false;
    for (int i = 0; i < 4; ++i) {
        tick(1);
        run();
    }
    hub_.unsubscribe_all(client);
    EXPECT_EQ(metrics_.ticks_abandoned.value(), 1U);
    EXPECT_EQ(metrics_.ticks_conflated.value(), 3U);
    EXPECT_EQ(metrics_.subscriptions.value(), 0);
    EXPECT_EQ(interest_.changes.back().number, 0U);
}

TEST_F(HubShardTest, WhenManyClientsAreMarked_SlicesAreBounded) {
    std::vector<std::unique_ptr<Subscriber>> clients;
    for (int i = 0; i < 1000; ++i) {
        clients.push_back(std::make_unique<Subscriber>());
        hub_.subscribe(*clients.back(), ids({1}));
    }
    answer();
    run();
    writer_.slices_.clear();
    tick(1);
    run();
    EXPECT_EQ(writer_.frames.size(), 1000U);
    EXPECT_GE(writer_.slices_.size(), 1000U / HubShard::kSliceClients);
    EXPECT_LE(*std::max_element(writer_.slices_.begin(), writer_.slices_.end()),
              HubShard::kSliceClients);
    for (auto& client : clients)
        hub_.unsubscribe_all(*client);
}

TEST_F(HubShardTest, WhenClientsHaveMoreThan64Tickers_AllMarksAreKept) {
    std::vector<std::uint32_t> many;
    for (std::uint32_t ticker = 0; ticker < 200; ++ticker)
        many.push_back(ticker);
    Subscriber client;
    hub_.subscribe(client, ids(many));
    answer();
    run();
    for (auto const ticker : {0U, 63U, 64U, 127U, 128U, 199U})
        tick(ticker);
    run();
    ASSERT_EQ(writer_.frames.size(), 1U);
    EXPECT_EQ(writer_.frames[0].second, "[0:1][63:1][64:1][127:1][128:1][199:1]");
    hub_.unsubscribe_all(client);
}

TEST_F(HubShardTest, WhenClientsComeAndGoAtRandom_CountsAgreeToTheTickAndNothingStays) {
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
        hub_.unsubscribe_all(clients[at]->subscriber);
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
            hub_.subscribe(made->subscriber, ids(tickers));
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
                hub_.unsubscribe(client.subscriber, ids({ticker, 99}));
            } else {
                writer_.takes = true;
                hub_.subscribe(client.subscriber, ids({ticker}));
                answer();
                run();
                client.since[ticker] = sequence_[ticker];
            }
        } else if (what < 30) {
            writer_.takes = random() % 2 == 0;
            if (writer_.takes) {
                for (auto& client : clients)
                    hub_.release(client->subscriber);
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

// contract: PSH-16
TEST_F(HubShardTest, WhenTheMailboxHoldsVeryMuch_TakesItInSlicesAndTheNewestOfAllArrives) {
    constexpr std::uint32_t kTickers = 30'000;
    constexpr std::uint32_t kClients = 4;
    std::vector<Subscriber> clients(kClients);
    for (std::uint32_t i = 0; i < kClients; ++i) {
        std::vector<std::uint32_t> own(kTickers);
        std::iota(own.begin(), own.end(), i * kTickers);
        hub_.subscribe(clients[i], ids(own));
    }
    answer();
    run();
    ASSERT_EQ(writer_.snapshots.size(), kClients);
    for (std::uint32_t ticker = 0; ticker < kClients * kTickers; ++ticker)
        tick(ticker);
    hub_.take_in();
    // 120,000 records can't be taken in within one slice; what is newer now comes behind the rest.
    std::uint64_t marked = 0;
    for (auto const& client : clients)
        hub_.for_each_marked(client, [&](std::string_view) { ++marked; });
    EXPECT_GT(marked, 0U);
    EXPECT_LT(marked, kClients * kTickers);
    tick(0);
    tick(kClients * kTickers - 1);
    hub_.take_in();
    shard_.io().restart();
    shard_.io().poll();
    EXPECT_EQ(writer_.delivered + metrics_.ticks_conflated.value(), kClients * kTickers + 2);
    EXPECT_GE(writer_.frames.size(), kClients);
    auto const last = "[" + std::to_string(kClients * kTickers - 1) + ":2]";
    EXPECT_TRUE(std::any_of(writer_.frames.begin(), writer_.frames.end(), [&](auto const& frame) {
        return frame.second.find(last) != std::string::npos;
    }));
    for (auto& client : clients)
        hub_.unsubscribe_all(client);
}

}  // namespace
}  // namespace tickcast
