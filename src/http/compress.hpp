// Compression of what is sent compressed. A pure function; for start-up, not for a shard.
#pragma once

#include <string>
#include <string_view>

namespace tickcast {

/// `text` as one gzip member (RFC 1952) without name and time, so that the same text gives the same
/// bytes. Less than 4 GiB.
std::string gzip(std::string_view text);

}  // namespace tickcast
