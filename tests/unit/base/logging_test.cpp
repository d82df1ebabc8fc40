#include "tickcast/base/logging.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <regex>
#include <string>
#include <thread>
#include <vector>

namespace tickcast {
namespace {

using testing::HasSubstr;
using testing::Not;

std::size_t lines_of(std::string const& text) {
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

TEST(Logging, WhenNeverStarted_WritesAtOnceToStandardError) {
    testing::internal::CaptureStderr();
    logger("early")->info("what=unstarted");
    EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("early: what=unstarted"));
}

TEST(Logging, WhenStarted_WritesTimeLevelLoggerAndText) {
    testing::internal::CaptureStderr();
    start_logging("info");
    logger("net")->warn("peer={}", 7);
    logger("net")->debug("hidden=1");
    stop_logging();
    std::regex const form{R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z warn net: peer=7\n)"};
    auto const text = testing::internal::GetCapturedStderr();
    EXPECT_TRUE(std::regex_match(text, form)) << text;
}

TEST(Logging, WhenStartedWithALevel_AppliesItToLoggersMadeBefore) {
    auto const before = logger("before");
    testing::internal::CaptureStderr();
    start_logging("error");
    before->warn("hidden=1");
    before->error("shown=1");
    stop_logging();
    auto const text = testing::internal::GetCapturedStderr();
    EXPECT_THAT(text, HasSubstr("shown=1"));
    EXPECT_THAT(text, Not(HasSubstr("hidden")));
}

TEST(Logging, WhenStopped_LoggersHeldPastItStillWrite) {
    testing::internal::CaptureStderr();
    start_logging("info");
    auto const held = logger("held");
    stop_logging();
    held->info("after=1");
    EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("held: after=1"));
}

TEST(Logging, WhenManyThreadsLogAcrossTheStop_NoLineIsLost) {
    constexpr int kThreads = 4;
    constexpr int kLines = 500;  // all fit the queue
    testing::internal::CaptureStderr();
    start_logging("info");
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
        threads.emplace_back([t] {
            for (int i = 0; i < kLines; ++i) {
                logger("module" + std::to_string(t))->info("line={}", i);
            }
        });
    }
    stop_logging();
    for (auto& thread : threads)
        thread.join();
    auto const text = testing::internal::GetCapturedStderr();
    EXPECT_EQ(lines_of(text), std::size_t{kThreads} * kLines);
    EXPECT_THAT(text, Not(HasSubstr("LOG ERROR")));
}

}  // namespace
}  // namespace tickcast
