// Always-on checks: a bug aborts with its place and text, in every build. It does so also where
// nobody reads standard error.
#pragma once

namespace tickcast {

/// Says so on standard error, for a second at most, and aborts.
[[noreturn, gnu::cold]] void abort_with(char const* line) noexcept;
[[noreturn, gnu::cold]] void check_failed(char const* file, int line, char const* condition,
                                          char const* what) noexcept;
/// Has std::terminate report the exception, as above: the library's own report would wait for the
/// reader of standard error.
void report_terminate() noexcept;

}  // namespace tickcast

#define TICKCAST_CHECK(condition, what)                                     \
    do {                                                                    \
        if (!(condition)) [[unlikely]] {                                    \
            ::tickcast::check_failed(__FILE__, __LINE__, #condition, what); \
        }                                                                   \
    } while (false)
