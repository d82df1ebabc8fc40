// What all fuzz targets share: the function that a target defines, and how it says that a promise
// is broken. One thread.
#pragma once

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace tickcast::fuzz {

/// The target: reads the input, and checks what is promised. Called for each input. The input lies
/// in memory of exactly its size, so that a read beyond its end is found.
void run(std::string_view input);

/// Ends the process where the promise is broken; libFuzzer then keeps the input.
inline void require(bool holds, char const* promise) noexcept {
    if (holds) [[likely]]
        return;
    std::fprintf(stderr, "broken: %s\n", promise);
    std::abort();
}

/// The same for two texts that must be equal; shows both.
inline void require_same(std::string_view one, std::string_view other,
                         char const* promise) noexcept {
    if (one == other) [[likely]]
        return;
    std::fprintf(stderr, "one:   %.*s\nother: %.*s\n", static_cast<int>(one.size()), one.data(),
                 static_cast<int>(other.size()), other.data());
    require(false, promise);
}

}  // namespace tickcast::fuzz
