// TICKCAST_* variables. One that is empty (repeatable: has only white space) counts as not set, as
// files for docker compose and the like pass on what was left out.
#pragma once

#include "given.hpp"

#include <string>
#include <vector>

namespace tickcast {

struct GivenByEnvironment {
    Given given;
    /// Names of TICKCAST_* variables that are no setting, and that nobody but an operator makes.
    std::vector<std::string> unknown;
};

/// `environment` is as `environ`: NAME=VALUE texts, ended by a null pointer.
GivenByEnvironment read_environment(char const* const* environment);

}  // namespace tickcast
