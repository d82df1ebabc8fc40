// Always-on checks: a bug aborts the process, in every build, and names the source line and the
// condition that failed. This works also where nobody reads standard error. Any thread.
#pragma once

namespace tickcast {

/// Writes `line` to standard error, waits for its reader for one second at most, and aborts.
[[noreturn, gnu::cold]] void abort_with(char const* line) noexcept;
[[noreturn, gnu::cold]] void check_failed(char const* file, int line, char const* condition,
                                          char const* what) noexcept;
/// Makes std::terminate report the exception in the same way: the library's own report would wait
/// for the reader of standard error.
void report_terminate() noexcept;

}  // namespace tickcast

#define TICKCAST_CHECK(condition, what)                                     \
    do {                                                                    \
        if (!(condition)) [[unlikely]] {                                    \
            ::tickcast::check_failed(__FILE__, __LINE__, #condition, what); \
        }                                                                   \
    } while (false)
