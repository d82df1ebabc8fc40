// Compresses the files of the web page. A pure function, any thread; it takes long, so it is called
// while starting and not on a shard.
#pragma once

#include <string>
#include <string_view>

namespace tickcast {

/// `text` as one gzip member (RFC 1952) without name and time, so that the same text gives the same
/// bytes. `text` must be smaller than 4 GiB.
std::string gzip(std::string_view text);

}  // namespace tickcast
