// What a crowd needed of a hash map goes with it: erasing leaves the buckets of the busiest moment.
#pragma once

#include <cstddef>

namespace tickcast {

/// To be called after an erase; every iterator is invalid then. Costs a rehash each time the map
/// has shrunk to an eighth.
template <class Map>
void give_back_buckets(Map& map) {
    constexpr std::size_t few = 64;
    if (map.bucket_count() > few && map.size() < map.bucket_count() / 8) map.rehash(0);
}

}  // namespace tickcast
