// Frees the buckets of a hash map that has shrunk: erasing alone keeps as many buckets as the
// fullest moment needed. On the thread that owns the map.
#pragma once

#include <cstddef>

namespace tickcast {

/// Call it after an erase; it may invalidate every iterator. It costs one rehash each time the map
/// has shrunk to an eighth.
template <class Map>
void shrink_buckets(Map& map) {
    constexpr std::size_t few = 64;
    if (map.bucket_count() > few && map.size() < map.bucket_count() / 8) map.rehash(0);
}

}  // namespace tickcast
