// The promise of the streams, in whole servers in a simulated world (docs/internals/simulation.md).
// SIMULATION_SEEDS is the number of runs of each test.
#include "simulation/world/broken.hpp"
#include "simulation/world/run.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>

namespace tickcast::simulation {
namespace {

std::uint64_t seeds() {
    auto const* text = std::getenv("SIMULATION_SEEDS");
    return text != nullptr ? std::strtoull(text, nullptr, 10) : 60;
}

Totals run_or_end(Run const& how) {
    try {
        return run(how);
    } catch (Broken const& broken) {
        std::printf("seed %lu: %s\n", how.seed, broken.what());
        std::fflush(stdout);
        std::_Exit(1);
    }
}

Totals run_all(Books books) {
    Totals all;
    for (std::uint64_t seed = 1; seed <= seeds(); ++seed)
        all.add(run_or_end({.seed = seed, .books = books}));
    return all;
}

class Simulation : public testing::Test {
protected:
    static void SetUpTestSuite() { prepare_process(); }
};

// contract: DEL-1 DEL-2 DEL-4 MET-34
TEST_F(Simulation, WhenClientsLeaveSettled_DeliveredAndGapsAgreeToTheTick) {
    auto const all = run_all(Books::settled);
    EXPECT_GT(all.ticks, 0U);
    EXPECT_GT(all.gaps, 0U) << "nothing was conflated";
}

// contract: MET-15 MET-34
TEST_F(Simulation, WhenClientsAreCutAnywhere_TheFatesAddUpToTheTick) {
    auto const all = run_all(Books::cut);
    EXPECT_GT(all.ticks, 0U);
}

// contract: API-13 MSG-3 MSG-15 MSG-16 END-2 END-3 DEL-5 DEL-6
TEST_F(Simulation, WhenNothingIsWaitedFor_TheRulesHoldAndSessionsExpireAndDrain) {
    auto const all = run_all(Books::open);
    EXPECT_GT(all.pauses, 0U);
    EXPECT_GT(all.strangers, 0U);
    EXPECT_GT(all.tls, 0U);
    for (auto const* how : {"draining", "taken_over", "lost", "deleted"})
        EXPECT_TRUE(all.ends.contains(how)) << how;
}

TEST_F(Simulation, OfOneSeed_TwiceIsTheSameRun) {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        auto const first = run_or_end({.seed = seed});
        auto const second = run_or_end({.seed = seed});
        EXPECT_EQ(first.steps, second.steps) << "seed " << seed;
        EXPECT_EQ(first.ticks, second.ticks) << "seed " << seed;
    }
}

}  // namespace
}  // namespace tickcast::simulation
