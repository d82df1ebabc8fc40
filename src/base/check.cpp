#include "tickcast/base/check.hpp"

#include "tickcast/base/standard_streams.hpp"

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <exception>
#include <unistd.h>

namespace tickcast {
namespace {

constexpr std::time_t kSecondsToSaySo = 1;

/// Sets an alarm: if nobody reads the report, the kernel ends the write with the same SIGABRT that
/// would have followed it.
void abort_soon() noexcept {
    sigevent event{};
    event.sigev_notify = SIGEV_SIGNAL;
    event.sigev_signo = SIGABRT;
    timer_t timer{};
    if (::timer_create(CLOCK_MONOTONIC, &event, &timer) != 0) return;
    itimerspec const after{.it_interval = {},
                           .it_value = {.tv_sec = kSecondsToSaySo, .tv_nsec = 0}};
    ::timer_settime(timer, 0, &after, nullptr);
}

[[noreturn]] void on_terminate() noexcept {
    std::array<char, 512> line{"terminated without an exception\n"};
    if (auto const thrown = std::current_exception()) {
        try {
            std::rethrow_exception(thrown);
        } catch (std::exception const& error) {
            std::snprintf(line.data(), line.size(), "terminated by an exception: %s\n",
                          error.what());
        } catch (...) {
            std::snprintf(line.data(), line.size(), "terminated by an unknown exception\n");
        }
    }
    abort_with(line.data());
}

}  // namespace

void abort_with(char const* line) noexcept {
    abort_soon();
    write_whole(STDERR_FILENO, {line, std::strlen(line)});
    std::abort();
}

void check_failed(char const* file, int line, char const* condition, char const* what) noexcept {
    std::array<char, 512> text{};
    std::snprintf(text.data(), text.size(), "%s:%d: check failed: %s: %s\n", file, line, condition,
                  what);
    abort_with(text.data());
}

void report_terminate() noexcept {
    std::set_terminate(&on_terminate);
}

}  // namespace tickcast
