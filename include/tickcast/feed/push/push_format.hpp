// The forms that a body of POST /v1/ticks may have. A value.
#pragma once

#include <cstdint>

namespace tickcast {

enum class PushFormat : std::uint8_t {
    ndjson,  ///< application/x-ndjson: one object per line
    array,   ///< application/json: one array of objects
};

}  // namespace tickcast
