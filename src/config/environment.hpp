// Reads the TICKCAST_* variables. An empty variable (of a repeatable setting: only white space)
// counts as not set, since files for docker compose and the like pass on variables that were left
// out as empty ones. A pure function; used at start-up and on SIGHUP.
#pragma once

#include "given.hpp"

#include <string>
#include <vector>

namespace tickcast {

struct GivenByEnvironment {
    Given given;
    /// Names of TICKCAST_* variables that are no setting, and that only an operator can have set.
    std::vector<std::string> unknown;
};

/// `environment` has the form of `environ`: NAME=VALUE texts, ended by a null pointer.
GivenByEnvironment read_environment(char const* const* environment);

}  // namespace tickcast
