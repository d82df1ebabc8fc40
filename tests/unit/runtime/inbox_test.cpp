#include "tickcast/runtime/inbox.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <thread>
#include <vector>

namespace tickcast {
namespace {

TEST(Inbox, WhenSeveralThreadsPut_EachMessageArrivesOnceAndInItsOrder) {
    constexpr int kThreads = 4;
    constexpr int kEach = 5000;
    asio::io_context io{1};
    Inbox<std::pair<int, int>> inbox{io};
    std::vector<int> next(kThreads, 0);
    int received = 0;
    auto work = std::make_optional(asio::make_work_guard(io));
    inbox.on_message([&](std::pair<int, int>& message) {
        auto& expected = next[static_cast<std::size_t>(message.first)];
        EXPECT_EQ(message.second, expected);
        ++expected;
        if (++received == kThreads * kEach) work.reset();
    });
    std::vector<std::thread> writers;
    for (int thread = 0; thread < kThreads; ++thread) {
        writers.emplace_back([&inbox, thread] {
            for (int i = 0; i < kEach; ++i)
                inbox.put({thread, i});
        });
    }
    io.run();
    for (auto& writer : writers)
        writer.join();
    EXPECT_EQ(received, kThreads * kEach);
}

TEST(Inbox, WhenMessageIsPutFromItsOwnReceiver_ArrivesInALaterRound) {
    asio::io_context io{1};
    Inbox<int> inbox{io};
    std::vector<int> seen;
    inbox.on_message([&](int message) {
        seen.push_back(message);
        if (message < 3) inbox.put(message + 1);
    });
    inbox.put(0);
    io.run();
    EXPECT_EQ(seen, (std::vector<int>{0, 1, 2, 3}));
}

}  // namespace
}  // namespace tickcast
