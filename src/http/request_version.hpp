// Reads the version of a request line that Beast's parser refused for its version: the parser knows
// only HTTP/1.0 and 1.1. A pure function; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tickcast {

struct RequestVersion {
    enum class Kind : std::uint8_t {
        malformed,
        other_major,  ///< 505 (CONTRACT REQ-5)
        later_minor,  ///< to be treated as 1.1 (CONTRACT REQ-4, RFC 9110 section 2.5)
    };
    Kind kind{Kind::malformed};
    std::size_t minor_at{0};  ///< where the minor digit is
};

/// `raw`: the bytes of the request line, and the bytes that have come after it.
RequestVersion refused_version(std::string_view raw) noexcept;

}  // namespace tickcast
