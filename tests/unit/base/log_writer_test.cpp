#include "base/log_writer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <sstream>
#include <stdexcept>
#include <string>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace tickcast {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::EndsWith;
using testing::HasSubstr;

constexpr Duration kNever = seconds{3600};

/// A pipe of one page; a test may fill the rest of it.
class LogWriterTest : public testing::Test {
protected:
    LogWriterTest() {
        std::signal(SIGPIPE, SIG_IGN);
        if (::pipe2(ends_.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
        ::fcntl(writer(), F_SETPIPE_SZ, 4096);
    }
    /// The writing end stays open: a thread that was left behind may still write to it, and must
    /// not find another file there.
    ~LogWriterTest() override { close_reader(); }
    int writer() const noexcept { return ends_[1]; }
    void close_reader() {
        if (ends_[0] >= 0) ::close(ends_[0]);
        ends_[0] = -1;
    }
    void fill() const {
        ASSERT_EQ(::fcntl(writer(), F_SETFL, O_NONBLOCK), 0);
        while (::write(writer(), "....", 4) > 0) {
        }
        ASSERT_EQ(::fcntl(writer(), F_SETFL, 0), 0);
    }
    /// Everything that is there now or comes within a moment.
    std::string read(int quiet_ms = 300) const {
        ::fcntl(ends_[0], F_SETFL, O_NONBLOCK);
        std::string text;
        std::array<char, 65536> piece{};
        for (auto last = std::chrono::steady_clock::now();
             std::chrono::steady_clock::now() - last < milliseconds{quiet_ms};) {
            auto const size = ::read(ends_[0], piece.data(), piece.size());
            if (size > 0) {
                text.append(piece.data(), static_cast<std::size_t>(size));
                last = std::chrono::steady_clock::now();
            } else {
                std::this_thread::sleep_for(milliseconds{1});
            }
        }
        text.erase(0, text.find_first_not_of('.'));
        return text;
    }
    static bool post(LogWriter& writer, std::string const& text) {
        return writer.post({"test", spdlog::level::info, text});
    }
    template <class Condition>
    static bool eventually(Condition condition, Duration within = seconds{20}) {
        auto const end = std::chrono::steady_clock::now() + within;
        while (!condition()) {
            if (std::chrono::steady_clock::now() > end) return false;
            std::this_thread::sleep_for(milliseconds{1});
        }
        return true;
    }

private:
    std::array<int, 2> ends_{-1, -1};
};

std::vector<std::string> split(std::string const& text) {
    std::vector<std::string> lines;
    std::istringstream in{text};
    for (std::string line; std::getline(in, line);)
        lines.push_back(line);
    return lines;
}

TEST_F(LogWriterTest, WhenRead_EachLineComesAndNoneIsCounted) {
    LogWriter log{writer(), LogFormat::text};
    EXPECT_TRUE(post(log, "n=1"));
    EXPECT_TRUE(post(log, "n=2"));
    EXPECT_TRUE(log.finish(kNever));
    auto const lines = split(read(50));
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_THAT(lines[0], EndsWith("info test: n=1"));
    EXPECT_THAT(lines[1], EndsWith("info test: n=2"));
    EXPECT_EQ(log.dropped(), 0U);
    EXPECT_FALSE(post(log, "n=3"));
}

// contract: RUN-14 SIG-9
TEST_F(LogWriterTest, WhenNobodyReads_PostReturnsAndFinishKeepsItsLimit) {
    fill();
    LogWriter log{writer(), LogFormat::text};
    for (int i = 0; i < 100; ++i)
        EXPECT_TRUE(post(log, "n=" + std::to_string(i)));
    auto const began = std::chrono::steady_clock::now();
    EXPECT_FALSE(log.finish(milliseconds{50}));
    EXPECT_GE(std::chrono::steady_clock::now() - began, milliseconds{50});
    EXPECT_EQ(log.dropped(), 100U);
    EXPECT_TRUE(post(log, "late=1"));  // counted alone
    EXPECT_EQ(log.dropped(), 101U);
}

TEST_F(LogWriterTest, Finish_CalledTwice_GivesTheSame) {
    LogWriter read_by_us{writer(), LogFormat::text};
    post(read_by_us, "n=1");
    EXPECT_TRUE(read_by_us.finish(kNever));
    EXPECT_TRUE(read_by_us.finish(kNever));
    fill();
    LogWriter blocked{writer(), LogFormat::text};
    post(blocked, "n=1");
    EXPECT_FALSE(blocked.finish(milliseconds{20}));
    EXPECT_FALSE(blocked.finish(kNever)) << "what was given up is not waited for";
    EXPECT_EQ(blocked.dropped(), 1U);
}

TEST_F(LogWriterTest, Finish_OnTwoThreadsAtOnce_BothWaitForTheLastLine) {
    for (int round = 0; round < 200; ++round) {
        LogWriter log{writer(), LogFormat::text};
        post(log, "n=1");
        std::array<bool, 2> written{};
        {
            std::jthread const other{[&] { written[0] = log.finish(kNever); }};
            written[1] = log.finish(kNever);
        }
        EXPECT_TRUE(written[0] && written[1]);
        if (round % 20 == 0) read(5);
    }
}

TEST_F(LogWriterTest, Finish_OnTwoThreadsAtOnce_TheOneWithLessTimeGivesUpForItselfAlone) {
    fill();
    LogWriter log{writer(), LogFormat::text};
    post(log, "n=1");
    bool written = false;
    std::jthread other{[&] { written = log.finish(kNever); }};
    EXPECT_FALSE(eventually([&] { return log.finish(milliseconds{5}); }, milliseconds{100}));
    EXPECT_EQ(log.dropped(), 0U);
    auto const lines = split(read());
    other.join();
    EXPECT_TRUE(written);
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_THAT(lines[0], EndsWith("n=1"));
}

// contract: RUN-15
TEST_F(LogWriterTest, WhenMoreLinesWaitThanAreKept_TheOldestAreDroppedCountedAndReported) {
    fill();
    LogWriter log{writer(), LogFormat::text, {.lines = 10, .stall = kNever}};
    post(log, "n=first");
    // The thread has the line, and waits.
    std::this_thread::sleep_for(milliseconds{50});
    for (int i = 1; i <= 10; ++i)
        post(log, "n=" + std::to_string(i));
    EXPECT_EQ(log.dropped(), 0U);
    post(log, "n=11");
    EXPECT_EQ(log.dropped(), 1U);
    post(log, "n=12");
    EXPECT_EQ(log.dropped(), 2U);
    auto const lines = split(read());
    ASSERT_EQ(lines.size(), 12U);
    EXPECT_THAT(lines[0], EndsWith("n=first"));
    EXPECT_THAT(lines[1], EndsWith("warn logging: event=log_lines_dropped lines_lost=2 total=2"));
    EXPECT_THAT(lines[2], EndsWith("n=3"));
    EXPECT_THAT(lines[11], EndsWith("n=12"));
}

// contract: RUN-15
TEST_F(LogWriterTest, WhenAWriteTakesTooLong_WaitingLinesAreDroppedAndCountedAtOnce) {
    fill();
    LogWriter log{writer(), LogFormat::text, {.lines = 100, .stall = milliseconds{20}}};
    for (int i = 0; i < 5; ++i)
        post(log, "n=" + std::to_string(i));
    // The count is right also without another line: a scrape sees it.
    EXPECT_TRUE(eventually([&] { return log.dropped() == 4; }));
    post(log, "n=5");
    auto const lines = split(read());
    ASSERT_EQ(lines.size(), 3U);
    EXPECT_THAT(lines[0], EndsWith("n=0"));
    EXPECT_THAT(lines[1], EndsWith("lines_lost=4 total=4"));
    EXPECT_THAT(lines[2], EndsWith("n=5"));
    EXPECT_TRUE(log.finish(kNever));
}

/// As if the process had been stopped within the write.
// contract: RUN-15
TEST_F(LogWriterTest, WhenNothingRanWhileAWriteWentOn_TheFirstLookDropsNothing) {
    fill();
    LogWriter log{writer(), LogFormat::text, {.lines = 100, .stall = milliseconds{1000}}};
    for (int i = 0; i < 5; ++i)
        post(log, "n=" + std::to_string(i));
    std::this_thread::sleep_for(milliseconds{1100});
    EXPECT_EQ(log.dropped(), 0U);
    post(log, "n=5");
    auto const lines = split(read());
    ASSERT_EQ(lines.size(), 6U);
    EXPECT_THAT(lines[5], EndsWith("n=5"));
    EXPECT_EQ(log.dropped(), 0U);
    EXPECT_TRUE(log.finish(kNever));
}

TEST_F(LogWriterTest, WhenTheReaderComesBackTwice_EachLossIsReportedOnceWithoutAnotherLine) {
    LogWriter log{writer(), LogFormat::text, {.lines = 100, .stall = milliseconds{20}}};
    for (unsigned time = 1; time <= 2; ++time) {
        fill();
        post(log, "n=0");
        post(log, "n=1");
        EXPECT_TRUE(eventually([&] { return log.dropped() == time; }));
        auto const lines = split(read());
        ASSERT_EQ(lines.size(), 2U);
        EXPECT_THAT(lines[0], EndsWith("n=0"));
        EXPECT_THAT(lines[1], EndsWith("lines_lost=1 total=" + std::to_string(time)));
    }
    EXPECT_TRUE(log.finish(kNever));
    EXPECT_EQ(read(50), "");
}

TEST_F(LogWriterTest, WhenThePipeIsNonBlocking_LinesAreStillWhole) {
    fill();
    ASSERT_EQ(::fcntl(writer(), F_SETFL, O_NONBLOCK), 0);
    LogWriter log{writer(), LogFormat::text};
    for (int i = 0; i < 200; ++i)
        post(log, "n=" + std::to_string(i) + " " + std::string(100, 'x'));
    auto const lines = split(read());
    ASSERT_EQ(lines.size(), 200U);
    for (std::size_t i = 0; i < lines.size(); ++i)
        EXPECT_THAT(lines[i], EndsWith("n=" + std::to_string(i) + " " + std::string(100, 'x')));
    EXPECT_NE(::fcntl(writer(), F_GETFL) & O_NONBLOCK, 0) << "the parent's flag was changed";
    EXPECT_TRUE(log.finish(kNever));
}

// contract: RUN-15
TEST_F(LogWriterTest, WhenTheReaderIsGone_EachLineIsCounted) {
    close_reader();
    LogWriter log{writer(), LogFormat::text};
    for (int i = 0; i < 10; ++i)
        post(log, "n=" + std::to_string(i));
    EXPECT_TRUE(eventually([&] { return log.dropped() == 10; }));
    EXPECT_TRUE(log.finish(kNever));
    EXPECT_EQ(log.dropped(), 10U);
}

// contract: RUN-15
TEST_F(LogWriterTest, WhenTheDiskIsFull_EachLineIsCounted) {
    int const full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
    ASSERT_GE(full, 0);
    LogWriter log{full, LogFormat::text};
    for (int i = 0; i < 3; ++i)
        post(log, "n=" + std::to_string(i));
    EXPECT_TRUE(log.finish(kNever));
    EXPECT_EQ(log.dropped(), 3U);
    ::close(full);
}

/// A file of a limited size takes a part of a line: the next text must not stand in the same line.
// contract: RUN-15
TEST_F(LogWriterTest, WhenALineWasBegun_ItsRestComesFirst) {
    std::array<char, 32> name{"/tmp/tickcast-log-XXXXXX"};
    int const file = ::mkstemp(name.data());
    ASSERT_GE(file, 0);
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
    rlimit const small{.rlim_cur = 100, .rlim_max = before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
    LogWriter log{file, LogFormat::text};
    auto const long_text = "n=1 " + std::string(150, 'x');
    post(log, long_text);
    post(log, "n=2");
    post(log, "n=3");
    EXPECT_TRUE(eventually([&] { return log.dropped() == 2; }));
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
    post(log, "n=4");
    EXPECT_TRUE(log.finish(kNever));
    std::string text(4096, '\0');
    auto const size = ::pread(file, text.data(), text.size(), 0);
    text.resize(static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    auto const lines = split(text);
    ASSERT_EQ(lines.size(), 3U) << text;
    EXPECT_THAT(lines[0], EndsWith(long_text));
    EXPECT_THAT(lines[1], EndsWith("lines_lost=2 total=2"));
    EXPECT_THAT(lines[2], EndsWith("n=4"));
    ::close(file);
    ::unlink(name.data());
}

}  // namespace
}  // namespace tickcast
