// The values that one source (flags, environment, file) gives, before they are checked: texts, each
// with its source. Values.
#pragma once

#include <string>
#include <vector>

namespace tickcast {

struct GivenValue {
    std::string text;
    std::string source;  ///< as in "file PATH:7"
};

/// The values of each setting, in the order of the table; an empty list = not given.
using Given = std::vector<std::vector<GivenValue>>;

}  // namespace tickcast
