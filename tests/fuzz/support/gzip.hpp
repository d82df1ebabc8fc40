// gzip by zlib's calls alone, beside the server's reader. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tickcast::fuzz {

/// One gzip member with this content, packed as fast as possible.
std::string packed(std::string_view content);

struct Unpacked {
    std::string content{};  ///< all that comes before a fault, `most` bytes at most
    bool whole{false};      ///< no fault, and not cut at `most`
    bool cut{false};
};

/// The content of a file that begins as gzip: member after member; padding behind the last one is
/// ignored, as gzip(1) does.
Unpacked unpack(std::string_view file, std::size_t most);

}  // namespace tickcast::fuzz
