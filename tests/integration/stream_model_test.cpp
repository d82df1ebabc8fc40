// Checks the promise of the streams against a reference model, in thousands of seeded random
// interleavings. Each client ends with the newest value of each of its tickers. It sees no ticker
// that it did not ask for, no tick twice, and no older tick after a newer one. Gaps of `n` and
// metrics agree to the tick.
#include "integration/model_world.hpp"
#include "integration/running_server.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace tickcast {
namespace {

unsigned seeds() {
    auto const* text = std::getenv("MODEL_SEEDS");
    return text != nullptr ? static_cast<unsigned>(std::atoi(text)) : 700;
}

Settings model_settings() {
    Settings settings;
    settings.threads = 2;
    settings.feeds = {"push"};
    settings.stream_send_buffer_bytes = 2048;  // so that sockets fill up soon
    settings.max_messages_per_second = 0;
    settings.drain_seconds = 0.2;
    settings.pending_seconds = settings.detached_seconds = 60;
    return settings;
}

struct Fates {
    explicit Fates(test::RunningServer const& server)
        : delivered(of(server, "delivered")),
          conflated(of(server, "conflated")),
          abandoned(of(server, "abandoned")) {}
    static std::uint64_t of(test::RunningServer const& server, std::string const& fate) {
        return static_cast<std::uint64_t>(server.metric("tickcast_ticks_" + fate + "_total"));
    }
    std::uint64_t delivered;
    std::uint64_t conflated;
    std::uint64_t abandoned;
};

void run_all(test::ModelWorld& world, unsigned first_seed) {
    for (unsigned seed = first_seed; seed < first_seed + seeds(); ++seed) {
        try {
            world.run(seed);
        } catch (test::Broken const& broken) {
            FAIL() << "seed " << seed << ": " << broken.what;
        }
    }
}

void print(char const* what, test::ModelTotals const& totals, Fates const& fates) {
    std::printf("%s: delivered %lu, conflated %lu, abandoned %lu;", what, fates.delivered,
                fates.conflated, fates.abandoned);
    for (auto const& [step, count] : totals.steps)
        std::printf(" %s %lu", step.c_str(), count);
    std::printf("\n");
}

void expect_nothing_stays(test::RunningServer const& server) {
    for (auto const* gauge : {"tickcast_connections{transport=\"websocket\"}",
                              "tickcast_subscriptions", "tickcast_slow_clients"}) {
        auto const until = std::chrono::steady_clock::now() + std::chrono::seconds{10};
        while (server.metric(gauge) != 0 && std::chrono::steady_clock::now() < until) {
        }
        EXPECT_EQ(server.metric(gauge), 0) << gauge;
    }
}

// contract: DEL-1 DEL-2 MET-34
TEST(StreamModel, WhenClientsLeaveSettled_DeliveredAndGapsAgreeToTheTick) {
    test::RunningServer server{model_settings()};
    test::ModelWorld world{server.port(), server.admin_port(), test::Leaving::settled,
                           std::chrono::seconds{60}};
    ASSERT_NO_FATAL_FAILURE(run_all(world, 0));
    world.finish();
    Fates const fates{server};
    print("settled", world.totals(), fates);
    EXPECT_EQ(fates.delivered, world.totals().received);
    EXPECT_EQ(fates.conflated, world.totals().gaps);
    EXPECT_EQ(fates.abandoned, 0U);
    EXPECT_EQ(fates.delivered + fates.conflated, world.totals().expected);
    EXPECT_GT(fates.conflated, 10U);
    expect_nothing_stays(server);
}

// contract: MET-15 MET-34
TEST(StreamModel, WhenClientsAreCutAnywhere_TheFatesAddUpToTheTick) {
    auto settings = model_settings();
    settings.send_backend = "send";  // the other tests use io_uring where the kernel allows it
    test::RunningServer server{settings};
    test::ModelWorld world{server.port(), server.admin_port(), test::Leaving::cut,
                           std::chrono::seconds{60}};
    ASSERT_NO_FATAL_FAILURE(run_all(world, 100'000));
    world.finish();
    Fates const fates{server};
    print("cut", world.totals(), fates);
    EXPECT_EQ(fates.delivered + fates.conflated + fates.abandoned, world.totals().expected);
    EXPECT_GE(fates.delivered, world.totals().received);
    expect_nothing_stays(server);
}

// contract: MSG-15 MSG-16
TEST(StreamModel, WhenNothingIsWaitedFor_TheRulesHoldAndSessionsExpireAndDrain) {
    auto settings = model_settings();
    settings.pending_seconds = settings.detached_seconds = 0.2;
    test::RunningServer server{settings};
    test::ModelWorld world{server.port(), server.admin_port(), test::Leaving::racy,
                           std::chrono::milliseconds{200}};
    ASSERT_NO_FATAL_FAILURE(run_all(world, 200'000));
    expect_nothing_stays(server);
    print("racy", world.totals(), Fates{server});
    for (auto const* step :
         {"connect", "delete", "disconnect", "expiry", "message", "patch", "take-over"}) {
        EXPECT_GT(world.totals().steps.at(step), 0U);
    }
    try {
        world.open_some(40);
        server.begin_stop();
        world.expect_drain();
    } catch (test::Broken const& broken) {
        FAIL() << broken.what;
    }
    EXPECT_EQ(server.stop(), 0);
}

}  // namespace
}  // namespace tickcast
