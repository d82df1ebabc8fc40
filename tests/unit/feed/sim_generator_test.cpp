#include "feed/sim/sim_generator.hpp"

#include "feed/sim/sim_universe.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace tickcast {
namespace {

std::vector<SimGenerator::Start> starts(std::uint32_t count) {
    std::vector<SimGenerator::Start> result;
    for (std::uint32_t i = 0; i < count; ++i) {
        result.push_back({TickerId{i}, sim_start_cents(sim_ticker(i))});
    }
    return result;
}

/// How many names come before the numbered ones.
std::size_t named_tickers() {
    std::size_t count = 0;
    while (!sim_ticker(count).view().starts_with("SYM0"))
        ++count;
    return count;
}

bool same(TickUpdate const& a, TickUpdate const& b) {
    return a.ticker == b.ticker && a.last == b.last && a.last_size == b.last_size &&
           a.bid == b.bid && a.bid_size == b.bid_size && a.ask == b.ask && a.ask_size == b.ask_size;
}

// contract: SIM-1
TEST(SimUniverse, WhenListed_BeginsWithRealNamesAndHasNoDuplicate) {
    EXPECT_EQ(sim_ticker(0).view(), "AAPL");
    EXPECT_EQ(sim_ticker(1).view(), "MSFT");
    auto const named = named_tickers();
    EXPECT_GE(named, 100U);
    std::set<Ticker> all;
    for (std::size_t i = 0; i < named + 10'001; ++i)
        all.insert(sim_ticker(i));
    EXPECT_EQ(all.size(), named + 10'001);
}

// contract: SIM-6
TEST(SimUniverse, WhenPastTheNames_CountsAndGrows) {
    auto const named = named_tickers();
    EXPECT_EQ(sim_ticker(named).view(), "SYM0001");
    EXPECT_EQ(sim_ticker(named + 41).view(), "SYM0042");
    EXPECT_EQ(sim_ticker(named + 9998).view(), "SYM9999");
    EXPECT_EQ(sim_ticker(named + 9999).view(), "SYM10000");
}

TEST(SimUniverse, WhenAskedForAPrice_IsPlausibleAndAlwaysTheSame) {
    std::set<std::int64_t> prices;
    for (std::size_t i = 0; i < 1000; ++i) {
        auto const cents = sim_start_cents(sim_ticker(i));
        EXPECT_GE(cents, 1'500);
        EXPECT_LT(cents, 61'500);
        prices.insert(cents);
    }
    EXPECT_GT(prices.size(), 900U);
}

// contract: SIM-5
TEST(SimGenerator, WhenSameSeed_GivesSameSequence) {
    SimGenerator one{7, starts(20)};
    SimGenerator two{7, starts(20)};
    for (int i = 0; i < 10'000; ++i)
        ASSERT_TRUE(same(one.next(), two.next())) << i;
}

TEST(SimGenerator, WhenOtherSeed_GivesOtherSequence) {
    SimGenerator one{7, starts(20)};
    SimGenerator two{8, starts(20)};
    int equal = 0;
    for (int i = 0; i < 1000; ++i)
        equal += same(one.next(), two.next()) ? 1 : 0;
    EXPECT_LT(equal, 10);
}

TEST(SimGenerator, WhenItBegins_EveryTickerComesOnceInOrder) {
    SimGenerator generator{1, starts(500)};
    for (std::uint32_t i = 0; i < 500; ++i)
        EXPECT_EQ(generator.next().ticker, TickerId{i});
}

// contract: SIM-1
TEST(SimGenerator, WhenItWalksForLong_QuotesStayPlausible) {
    auto const universe = starts(3);
    SimGenerator generator{42, universe};
    std::set<std::int64_t> bids;
    for (int i = 0; i < 300'000; ++i) {
        auto const tick = generator.next();
        auto const start = Decimal::from_raw(universe[tick.ticker.value].cents * 1'000'000).raw();
        ASSERT_LT(*tick.bid, *tick.ask);
        ASSERT_GT(tick.bid->raw(), start / 3);
        ASSERT_LT(tick.ask->raw(), start * 3);
        ASSERT_TRUE(tick.last == tick.bid || tick.last == tick.ask);
        ASSERT_EQ(tick.bid->raw() % 1'000'000, 0) << "a fraction of a cent";
        for (auto const& size : {tick.last_size, tick.bid_size, tick.ask_size}) {
            ASSERT_GT(size->raw(), 0);
        }
        ASSERT_FALSE(tick.source_time_us);
        bids.insert(tick.bid->raw());
    }
    EXPECT_GT(bids.size(), 100U);
}

// The contract promises this sequence for the seed: no refactoring may change it.
// contract: SIM-5
TEST(SimGenerator, WhenSeedIsOne_GivesTheRecordedTicks) {
    SimGenerator generator{1, starts(2)};
    std::string text;
    for (int i = 0; i < 4; ++i) {
        auto const tick = generator.next();
        text += std::to_string(tick.ticker.value) + ":" + std::to_string(tick.bid->raw()) + "/" +
                std::to_string(tick.ask->raw()) + "x" + std::to_string(tick.last_size->raw()) + " ";
    }
    EXPECT_EQ(text,
              "0:44453000000/44455000000x10200000000 1:19181000000/19185000000x17600000000 "
              "0:44456000000/44460000000x47200000000 0:44451000000/44454000000x17100000000 ");
}

}  // namespace
}  // namespace tickcast
