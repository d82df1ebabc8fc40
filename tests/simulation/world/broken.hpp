// A promise of the contract that a run saw broken.
#pragma once

#include <concepts>
#include <stdexcept>
#include <string>

namespace tickcast::simulation {

/// what() names the promise and what was seen instead.
struct Broken : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// `what` is called only where the promise is broken: a text costs more than most checks.
template <std::invocable What>
void require(bool holds, What const& what) {
    if (!holds) throw Broken{what()};
}
inline void require(bool holds, char const* what) {
    if (!holds) throw Broken{what};
}

}  // namespace tickcast::simulation
