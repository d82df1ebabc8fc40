#include "tickcast/base/logging.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <regex>
#include <string>
#include <thread>
#include <utility>
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

TEST(Logging, WhenStopped_LoggersMadeBeforeStillWrite) {
    testing::internal::CaptureStderr();
    start_logging("info");
    auto const held = logger("held");
    stop_logging();
    held->info("after=1");
    EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("held: after=1"));
}

TEST(Logging, WhenTheLevelChangesOnTheWay_AppliesToOldAndNewLoggers) {
    testing::internal::CaptureStderr();
    start_logging("warn");
    auto const old = logger("old");
    old->debug("hidden=1");
    set_log_level("debug");
    old->debug("shown=old");
    logger("new")->debug("shown=new");
    set_log_level("error");
    old->warn("hidden=2");
    stop_logging();
    auto const text = testing::internal::GetCapturedStderr();
    EXPECT_THAT(text, HasSubstr("debug old: shown=old\n"));
    EXPECT_THAT(text, HasSubstr("debug new: shown=new\n"));
    EXPECT_THAT(text, Not(HasSubstr("hidden")));
}

TEST(Logging, WhenText_AMessageWithLineBreaksStaysOneLine) {
    testing::internal::CaptureStderr();
    start_logging("info");
    logger("net")->info("what=\"{}\"", "a\n2026-01-01T00:00:00.000Z error forged: x\r\x1b[0m\x7f");
    stop_logging();
    auto const text = testing::internal::GetCapturedStderr();
    EXPECT_EQ(lines_of(text), 1U);
    EXPECT_THAT(text,
                HasSubstr(R"(a\x0a2026-01-01T00:00:00.000Z error forged: x\x0d\x1b[0m\x7f")"));
}

/// The one JSON line that is logged for a message at a level.
nlohmann::json json_of(spdlog::level::level_enum level, std::string const& message) {
    testing::internal::CaptureStderr();
    start_logging("debug", LogFormat::json);
    logger("net")->log(level, message);
    stop_logging();
    auto const text = testing::internal::GetCapturedStderr();
    EXPECT_EQ(lines_of(text), 1U) << text;
    return nlohmann::json::parse(text);
}

TEST(Logging, WhenJson_EachLineIsAnObjectOfFourTexts) {
    using spdlog::level::level_enum;
    for (auto const& [level, name] : {std::pair{level_enum::debug, "debug"},
                                      {level_enum::info, "info"},
                                      {level_enum::warn, "warn"},
                                      {level_enum::err, "error"}}) {
        auto const object = json_of(level, "event=x");
        EXPECT_EQ(object.size(), 4U);
        EXPECT_EQ(object["level"], name);
        EXPECT_EQ(object["logger"], "net");
        EXPECT_EQ(object["msg"], "event=x");
        std::regex const rfc3339{R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)"};
        EXPECT_TRUE(std::regex_match(object["time"].get<std::string>(), rfc3339)) << object;
    }
}

TEST(Logging, WhenJson_OddBytesStayValid) {
    using namespace std::string_literals;
    std::string odd;
    for (int byte = 0; byte < 0x80; ++byte)
        odd += static_cast<char>(byte);
    odd += "\u00e4\u20ac\U0001F600";
    EXPECT_EQ(json_of(spdlog::level::info, odd)["msg"], odd);
    for (auto const& wrong : {"\xff"s, "\xc3"s, "\xc3("s, "\xed\xa0\x80"s, "\xf4\x90\x80\x80"s}) {
        auto const shown =
            json_of(spdlog::level::info, "a" + wrong + "z")["msg"].get<std::string>();
        EXPECT_THAT(shown, testing::MatchesRegex("a.*\xef\xbf\xbd.*z")) << shown;
    }
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
