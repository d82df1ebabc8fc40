// What one origin (flags, environment, file) gives, before it is checked: texts with where each
// came from.
#pragma once

#include <string>
#include <vector>

namespace tickcast {

struct GivenValue {
    std::string text;
    std::string origin;  ///< as in "file PATH:7"
};

/// The values of each setting, in the order of the table; none = not given.
using Given = std::vector<std::vector<GivenValue>>;

}  // namespace tickcast
