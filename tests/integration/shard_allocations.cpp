#include "integration/shard_allocations.hpp"

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <malloc.h>
#include <new>
#include <pthread.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define TICKCAST_COUNT_ALLOCATIONS 0
#else
#define TICKCAST_COUNT_ALLOCATIONS 1
#endif

namespace tickcast::test {

namespace {

std::atomic<std::uint64_t> allocation_count{0};
std::atomic<std::int64_t> allocated_bytes{0};

}  // namespace

bool allocations_are_counted() noexcept {
    return TICKCAST_COUNT_ALLOCATIONS != 0;
}

Allocations shard_allocations() noexcept {
    return {allocation_count, allocated_bytes};
}

#if TICKCAST_COUNT_ALLOCATIONS
namespace {

bool on_shard() noexcept {
    thread_local int is_shard = 0;  // 0: not known yet
    if (is_shard == 0) {
        char name[16] = {};
        pthread_getname_np(pthread_self(), name, sizeof name);
        is_shard = std::strncmp(name, "shard-", 6) == 0 ? 1 : -1;
    }
    return is_shard == 1;
}

}  // namespace

void* counted_allocation(std::size_t size) {
    void* const memory = std::malloc(size);
    if (memory == nullptr) throw std::bad_alloc{};
    if (on_shard()) {
        allocation_count.fetch_add(1, std::memory_order_relaxed);
        allocated_bytes.fetch_add(static_cast<std::int64_t>(malloc_usable_size(memory)),
                                  std::memory_order_relaxed);
    }
    return memory;
}

void counted_release(void* memory) noexcept {
    if (memory != nullptr && on_shard()) {
        allocated_bytes.fetch_sub(static_cast<std::int64_t>(malloc_usable_size(memory)),
                                  std::memory_order_relaxed);
    }
    std::free(memory);
}
#endif

}  // namespace tickcast::test

#if TICKCAST_COUNT_ALLOCATIONS
void* operator new(std::size_t size) {
    return tickcast::test::counted_allocation(size);
}
void operator delete(void* memory) noexcept {
    tickcast::test::counted_release(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    tickcast::test::counted_release(memory);
}
#endif
