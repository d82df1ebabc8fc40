// Always-on checks: a bug aborts with its place and text, in every build.
#pragma once

#include <cstdio>
#include <cstdlib>

#define TICKCAST_CHECK(condition, what)                                                           \
    do {                                                                                          \
        if (!(condition)) [[unlikely]] {                                                          \
            std::fprintf(stderr, "%s:%d: check failed: %s: %s\n", __FILE__, __LINE__, #condition, \
                         what);                                                                   \
            std::abort();                                                                         \
        }                                                                                         \
    } while (false)
