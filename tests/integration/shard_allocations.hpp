// Counts the allocations (operator new) of shard threads, which it knows by their names. Off under
// sanitizers, which have an operator new of their own.
#pragma once

#include <cstdint>

namespace tickcast::test {

struct Allocations {
    std::uint64_t count{0};
    std::int64_t bytes_held{0};
};

bool allocations_are_counted() noexcept;
Allocations shard_allocations() noexcept;

}  // namespace tickcast::test
