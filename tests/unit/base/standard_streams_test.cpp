#include "tickcast/base/standard_streams.hpp"

#include "tickcast/base/check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <fcntl.h>
#include <stdexcept>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace tickcast {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct Pipe {
    Pipe() {
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
        ::fcntl(ends[1], F_SETPIPE_SZ, 4096);
    }
    ~Pipe() {
        ::close(ends[0]);
        ::close(ends[1]);
    }
    /// Reads until `size` bytes came.
    std::string read(std::size_t size) const {
        std::string text(size, '\0');
        for (std::size_t at = 0; at < size;) {
            auto const more = ::read(ends[0], text.data() + at, size - at);
            if (more <= 0) return text.substr(0, at);
            at += static_cast<std::size_t>(more);
        }
        return text;
    }
    std::array<int, 2> ends{-1, -1};
};

/// Runs `act` in a child process; returns its exit status, or -signal.
template <class Act>
int status_of(Act act) {
    auto const child = ::fork();
    if (child == 0) {
        act();
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

// contract: RUN-16
TEST(StandardStreams, Open_WithEachCombinationClosed_OpensTheClosedOnes) {
    for (int closed = 0; closed < 8; ++closed) {
        auto const status = status_of([closed] {
            for (int number = 0; number < 3; ++number)
                if ((closed & 1 << number) != 0) ::close(number);
            open_standard_descriptors();
            for (int number = 0; number < 3; ++number) {
                std::array<char, 64> target{};
                auto const path = "/proc/self/fd/" + std::to_string(number);
                if (::readlink(path.c_str(), target.data(), target.size() - 1) < 0) ::_exit(1);
                bool const null = std::string{target.data()} == "/dev/null";
                if ((closed & 1 << number) != 0 && !null) ::_exit(2);
            }
            if (::open("/dev/null", O_RDONLY) < 3) ::_exit(3);
        });
        EXPECT_EQ(status, 0) << closed;
    }
}

TEST(StandardStreams, WritePatiently_WhenRead_HasWrittenAllAtTheReturn) {
    Pipe const pipe;
    EXPECT_EQ(write_patiently(pipe.ends[1], "text", seconds{20}), Delivery::written);
    EXPECT_EQ(pipe.read(4), "text");
}

TEST(StandardStreams, WritePatiently_WhenNobodyReads_ReturnsAndTheRestComesLater) {
    Pipe const pipe;
    std::string const text(100'000, 'x');
    auto const began = std::chrono::steady_clock::now();
    EXPECT_EQ(write_patiently(pipe.ends[1], text, milliseconds{20}), Delivery::waiting);
    EXPECT_GE(std::chrono::steady_clock::now() - began, milliseconds{20});
    EXPECT_EQ(pipe.read(text.size()), text);
}

TEST(StandardStreams, WritePatiently_WhenTheDiskIsFull_ReportsIt) {
    int const full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
    EXPECT_EQ(write_patiently(full, "text", seconds{20}), Delivery::failed);
    ::close(full);
}

TEST(StandardStreams, WriteWhole_WhenNonBlocking_WaitsForRoom) {
    Pipe const pipe;
    ::fcntl(pipe.ends[1], F_SETFL, O_NONBLOCK);
    std::string const text(100'000, 'x');
    std::string got;
    std::thread reader{[&] { got = pipe.read(text.size()); }};
    auto const result = write_whole(pipe.ends[1], text);
    reader.join();
    EXPECT_EQ(result.error, 0);
    EXPECT_EQ(result.written, text.size());
    EXPECT_EQ(got, text);
}

TEST(StandardStreamsDeathTest, Check_WhenItFails_NamesTheLineAndAborts) {
    EXPECT_DEATH(TICKCAST_CHECK(1 == 2, "no"),
                 "standard_streams_test.cpp:.*check failed: 1 == 2: no");
}

/// A standard error without a reader must not turn a defect into a process that hangs.
template <class Act>
int status_with_full_standard_error(Act act) {
    return status_of([act] {
        Pipe const pipe;
        std::string const text(4096, 'x');
        static_cast<void>(::write(pipe.ends[1], text.data(), text.size()));
        ::dup2(pipe.ends[1], STDERR_FILENO);
        act();
    });
}

TEST(StandardStreams, Check_WhenStandardErrorIsFull_StillAborts) {
    EXPECT_EQ(status_with_full_standard_error([] { TICKCAST_CHECK(1 == 2, "no"); }), -SIGABRT);
}

TEST(StandardStreams, Terminate_WhenStandardErrorIsFull_StillAborts) {
    auto const uncaught = [] {
        report_terminate();
        try {
            throw std::runtime_error("nobody catches it");
        } catch (...) {
            std::terminate();
        }
    };
    EXPECT_EQ(status_with_full_standard_error(uncaught), -SIGABRT);
}

}  // namespace
}  // namespace tickcast
