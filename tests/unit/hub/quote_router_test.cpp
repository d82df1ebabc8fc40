#include "tickcast/hub/quote_router.hpp"

#include "support/manual_clock.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

namespace tickcast {
namespace {

constexpr FeedKind kSim{0};

class QuoteRouterTest : public ::testing::Test {
protected:
    static TickTopic json(TickerId ticker) { return {ticker, TickEncoding::json}; }
    TickerId id(char const* name) { return *tickers_.make_known(*Ticker::parse(name)); }
    static TickUpdate tick(TickerId ticker, std::int64_t price) {
        TickUpdate update;
        update.ticker = ticker;
        update.last = Decimal::from_raw(price * Decimal::kScale);
        return update;
    }
    void ingest(std::vector<TickUpdate> const& ticks) { router_.ingest(kSim, ticks); }

    TickerTable tickers_{100};
    FeedMetrics metrics_{{"sim"}};
    test::ManualClock clock_;
    TickMailbox first_{[] {}};
    TickMailbox second_{[] {}};
    QuoteRouter router_{tickers_, metrics_, clock_, {&first_, &second_}};
};

TEST_F(QuoteRouterTest, WhenNobodyIsInterested_NoMailboxGetsAnything) {
    ingest({tick(id("AAPL"), 1)});
    EXPECT_TRUE(first_.take().empty());
    EXPECT_EQ(metrics_.of(kSim).ingested.value(), 1U);
}

TEST_F(QuoteRouterTest, WhenOneShardIsInterested_OnlyThatShardGetsIt) {
    auto const aapl = id("AAPL");
    router_.change({1, json(aapl), 9});
    auto const& answer = second_.take();
    ASSERT_EQ(answer.size(), 1U);
    EXPECT_EQ(answer[0].request, 9U);
    EXPECT_EQ(answer[0].sequence, 0U) << "no tick yet";
    ingest({tick(aapl, 1)});
    EXPECT_TRUE(first_.take().empty());
    ASSERT_EQ(second_.take().size(), 1U);
}

TEST_F(QuoteRouterTest, WhenATickerTickedUnwatched_TheAnswerHasItsNewestQuote) {
    auto const aapl = id("AAPL");
    ingest({tick(aapl, 1), tick(aapl, 2)});
    router_.change({0, json(aapl), 7});
    auto const& answer = first_.take();
    ASSERT_EQ(answer.size(), 1U);
    EXPECT_EQ(answer[0].sequence, 2U);
    EXPECT_EQ("[" + std::string{answer[0].text()} + "]", router_.quotes_json(std::array{aapl}));
    EXPECT_EQ(answer[0].taken_in_ns, clock_.now().time_since_epoch().count());
}

TEST_F(QuoteRouterTest, WhenOneOfTwoTickersIsWatched_OnlyItsTickGoesOut) {
    auto const aapl = id("AAPL");
    router_.change({0, json(aapl), 1});
    first_.take();
    for (int round = 0; round < 2; ++round) {
        ingest({tick(id("MSFT"), 3), tick(aapl, 1)});
        auto const& taken = first_.take();
        ASSERT_EQ(taken.size(), 1U);
        EXPECT_EQ(taken[0].topic, json(aapl));
        EXPECT_EQ(taken[0].text().find(R"({"s":"AAPL","p":1,)"), 0U) << taken[0].text();
    }
}

TEST_F(QuoteRouterTest, WhenInterestEnds_NoMoreTicksAndNothingIsWatched) {
    auto const aapl = id("AAPL");
    router_.change({0, json(aapl), 1});
    router_.change({1, json(aapl), 1});
    EXPECT_EQ(metrics_.of(kSim).subscriptions.value(), 1);
    first_.take();
    router_.change({0, json(aapl), 0});
    EXPECT_EQ(metrics_.of(kSim).subscriptions.value(), 1);
    router_.change({1, json(aapl), 0});
    EXPECT_EQ(metrics_.of(kSim).subscriptions.value(), 0);
    ingest({tick(aapl, 1)});
    EXPECT_TRUE(first_.take().empty());
}

// contract: TIC-4 DEL-2
TEST_F(QuoteRouterTest, WhenABatchHasATickerTwice_SequenceCountsBothAndOneRecordGoesOut) {
    auto const aapl = id("AAPL");
    router_.change({0, json(aapl), 1});
    first_.take();
    ingest({tick(aapl, 1), tick(aapl, 2)});
    auto const& taken = first_.take();
    ASSERT_EQ(taken.size(), 1U);
    EXPECT_EQ(taken[0].sequence, 2U);
    EXPECT_NE(taken[0].text().find(R"("p":2)"), std::string_view::npos);
}

// contract: TIC-8
TEST_F(QuoteRouterTest, WhenWallClockIsSetBack_TakenInTimeDoesNotGoBack) {
    auto const aapl = id("AAPL");
    ingest({tick(aapl, 1)});
    auto const time = "\"t\":" + std::to_string(clock_.wall_us());
    clock_.step_wall_us(-1'000'000);
    ingest({tick(aapl, 2)});
    auto const json = router_.quotes_json(std::array{aapl});
    EXPECT_NE(json.find(time + ",\"n\":2"), std::string::npos) << json;
}

TEST_F(QuoteRouterTest, WhenQuotesAreRequested_TickersWithoutOneAreLeftOut) {
    auto const aapl = id("AAPL");
    auto const msft = id("MSFT");
    EXPECT_EQ(router_.quotes_json(std::array{aapl, msft}), "[]");
    ingest({tick(msft, 3)});
    EXPECT_EQ(router_.quotes_json(std::array{aapl, msft}).find(R"([{"s":"MSFT","p":3,)"), 0U);
}

}  // namespace
}  // namespace tickcast
