// A promise of the contract that a run saw broken.
#pragma once

#include <stdexcept>
#include <string>

namespace tickcast::simulation {

/// what() names the promise and what was seen instead.
struct Broken : std::runtime_error {
    using std::runtime_error::runtime_error;
};

inline void require(bool holds, std::string const& what) {
    if (!holds) throw Broken{what};
}

}  // namespace tickcast::simulation
