#include "feed/feed_text.hpp"
#include "feed/replay/replay_spec.hpp"
#include "feed/sim/sim_spec.hpp"
#include "tickcast/feed/registry/feed_registry.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace tickcast {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::StartsWith;

template <class Spec>
Spec parsed(std::string_view text) {
    EXPECT_TRUE(parse_feed(text)) << text;
    auto const spec = Spec::parse(FeedText::of(text));
    EXPECT_TRUE(spec) << text << ": " << (spec ? "" : spec.error());
    return *spec;
}

std::string fault(std::string_view text) {
    auto const feed = parse_feed(text);
    EXPECT_FALSE(feed) << text;
    return feed ? "" : feed.error();
}

// contract: SIM-2
TEST(FeedSpec, WhenSimWithoutParameters_HasTheContractsDefaults) {
    auto const sim = parsed<SimSpec>("sim");
    EXPECT_EQ(sim.tickers, 500U);
    EXPECT_EQ(sim.rate, 2000);
    EXPECT_EQ(sim.burst, 1U);
    EXPECT_EQ(sim.seed, 1U);
}

// contract: SIM-2
TEST(FeedSpec, WhenSimWithParameters_ReadsThemInAnyOrder) {
    auto const sim = parsed<SimSpec>("sim?seed=18446744073709551615&burst=100&rate=0.5&tickers=3");
    EXPECT_EQ(sim.tickers, 3U);
    EXPECT_EQ(sim.rate, 0.5);
    EXPECT_EQ(sim.burst, 100U);
    EXPECT_EQ(sim.seed, 18446744073709551615U);
}

// contract: RPL-1
TEST(FeedSpec, WhenReplay_ReadsFileAndParameters) {
    auto const plain = parsed<ReplaySpec>("replay:/data/a b.csv.gz");
    EXPECT_EQ(plain.file, "/data/a b.csv.gz");
    EXPECT_EQ(plain.speed, 1);
    EXPECT_TRUE(plain.loop);
    EXPECT_EQ(plain.start_after_streams, 0U);

    auto const full = parsed<ReplaySpec>("replay:x.csv?speed=2.5&loop=false&start=5000");
    EXPECT_EQ(full.file, "x.csv");
    EXPECT_EQ(full.speed, 2.5);
    EXPECT_FALSE(full.loop);
    EXPECT_EQ(full.start_after_streams, 5000U);

    EXPECT_EQ(parsed<ReplaySpec>("replay:x?speed=0&start=now").speed, 0);
    EXPECT_EQ(plain.max_gap_seconds, 0);
    EXPECT_EQ(parsed<ReplaySpec>("replay:x?maxgap=0.5").max_gap_seconds, 0.5);
    EXPECT_EQ(parsed<ReplaySpec>("replay:x?maxgap=0").max_gap_seconds, 0);
}

TEST(FeedSpec, WhenPush_HasNoParameters) {
    EXPECT_TRUE(parse_feed("push"));
    EXPECT_EQ(fault("push?x=1"), "push: takes no parameters");
}

// contract: RPL-18
TEST(FeedSpec, WhenAtALimit_IsAcceptedAndPastItRefused) {
    EXPECT_EQ(parsed<SimSpec>("sim?tickers=1000000").tickers, 1'000'000U);
    EXPECT_EQ(fault("sim?tickers=1000001"),
              "sim: tickers='1000001' is not an integer from 1 to 1000000");
    EXPECT_EQ(parsed<SimSpec>("sim?rate=1e6").rate, 1e6);
    EXPECT_EQ(fault("sim?rate=1000001"),
              "sim: rate='1000001' is not ticks per second from 0.001 to 1000000");
    EXPECT_EQ(parsed<SimSpec>("sim?rate=0.001").rate, 0.001);
    fault("sim?rate=0.0009");
    EXPECT_EQ(parsed<SimSpec>("sim?burst=100000").burst, 100'000U);
    fault("sim?burst=100001");
    EXPECT_EQ(parsed<ReplaySpec>("replay:x?speed=1000000").speed, 1e6);
    fault("replay:x?speed=1000000.1");
    EXPECT_EQ(parsed<ReplaySpec>("replay:x?maxgap=31622400").max_gap_seconds, 31'622'400);
    EXPECT_EQ(fault("replay:x?maxgap=31622400.1"),
              "replay: maxgap='31622400.1' is not seconds from 0 (off) to 31622400");
    fault("replay:x?maxgap=-1");
}

TEST(FeedSpec, WhenAPartIsWrong_NamesIt) {
    EXPECT_EQ(fault("sim?tickers=0"), "sim: tickers='0' is not an integer from 1 to 1000000");
    EXPECT_EQ(fault("sim?tikcers=5"), "sim: unknown parameter 'tikcers'");
    EXPECT_EQ(fault("sim?rate=1&rate=2"), "sim: 'rate' is given twice");
    EXPECT_EQ(fault("sim?rate"), "sim: 'rate' is not KEY=VALUE");
    EXPECT_EQ(fault("replay:x?loop=yes"), "replay: loop='yes' is not true or false");
    EXPECT_EQ(fault("replay:x?speed=-1"), "replay: speed='-1' is not a factor from 0 to 1000000");
    EXPECT_EQ(fault("replay"), "replay: the file is missing (replay:FILE)");
    EXPECT_EQ(fault("replay:?speed=1"), "replay: the file is missing (replay:FILE)");
}

TEST(FeedSpec, WhenNoFeedHasThisForm_NamesIt) {
    auto const refused = [](std::string const& shown) {
        return AllOf(StartsWith("unknown feed '" + shown + "' (sim, replay:FILE"),
                     EndsWith(" or " + feed_forms().back() + ")"));
    };
    EXPECT_THAT(fault("kafka://x"), refused("kafka://x"));
    EXPECT_THAT(fault("kafka:x?y=z"), refused("kafka:x"));
    EXPECT_THAT(fault("sim:x"), refused("sim:x"));
    EXPECT_THAT(fault("push:"), refused("push:"));
}

TEST(FeedSpec, WhenValueIsNoNumber_IsRefused) {
    for (auto const* const text : {"",
                                   "SIM",
                                   "simx",
                                   "sim?",
                                   "sim?&",
                                   "sim?=1",
                                   "sim?rate=",
                                   "sim?rate=fast",
                                   "sim?rate=nan",
                                   "sim?rate=inf",
                                   "sim?rate=0",
                                   "sim?rate=-5",
                                   "sim?burst=0",
                                   "sim?burst=-1",
                                   "sim?burst=1.5",
                                   "sim?seed=-1",
                                   "sim?seed=18446744073709551616",
                                   "sim?tickers=5x",
                                   "sim?tickers= 5",
                                   "sim?tickers=5&",
                                   "replay:",
                                   "replay:x?start=soon",
                                   "replay:x?start=-1",
                                   "replay:x?start=1.5",
                                   "replay:x?speed=",
                                   "replay:x?speed=nan",
                                   "replay:x?loop=",
                                   "replay:x?loop=TRUE",
                                   "replay:x?rate=5"}) {
        EXPECT_NE(fault(text), "") << text;
    }
}

}  // namespace
}  // namespace tickcast
