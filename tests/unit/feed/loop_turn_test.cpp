#include "feed/loop_turn.hpp"

#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>

namespace tickcast {
namespace {

TEST(LoopTurn, WhenDue_RunsOnce) {
    asio::io_context io;
    int runs = 0;
    LoopTurn turn{io, [&] { ++runs; }};
    turn.at(std::chrono::steady_clock::now());
    io.run();
    EXPECT_EQ(runs, 1);
    io.restart();
    turn.soon();
    io.run();
    EXPECT_EQ(runs, 2);
}

TEST(LoopTurn, WhenArmedAgain_OnlyTheLastCounts) {
    asio::io_context io;
    int runs = 0;
    LoopTurn turn{io, [&] { ++runs; }};
    turn.at(std::chrono::steady_clock::now() + std::chrono::hours{1});
    turn.soon();
    turn.soon();
    turn.at(std::chrono::steady_clock::now());
    io.run();
    EXPECT_EQ(runs, 1);
}

TEST(LoopTurn, WhenCancelledOrDestroyedWithAHandlerQueued_DoesNotRun) {
    asio::io_context io;
    int runs = 0;
    auto turn = std::make_unique<LoopTurn>(io, [&] { ++runs; });
    turn->soon();
    turn->cancel();
    io.run();
    io.restart();
    turn->soon();
    turn->at(std::chrono::steady_clock::now());
    turn.reset();
    io.run();
    EXPECT_EQ(runs, 0);
}

TEST(LoopTurn, WhenSoon_HandlersThatAreReadyRunFirst) {
    asio::io_context io;
    bool other_ran = false;
    bool saw_other = false;
    LoopTurn turn{io, [&] { saw_other = other_ran; }};
    asio::post(io, [&] { other_ran = true; });
    turn.soon();
    io.run();
    EXPECT_TRUE(saw_other);
}

}  // namespace
}  // namespace tickcast
