#include "simulation/kernel/heap.hpp"

#include "simulation/kernel/scheduler.hpp"

#include <cstdint>
#include <cstdlib>
#include <new>

namespace tickcast::simulation {

namespace {

thread_local unsigned kernel_calls = 0;
std::uint64_t run = 0;

/// In front of each block. `owner` is valid in its own run alone.
struct alignas(std::max_align_t) Header {
    Process* owner;
    std::uint64_t run;
    std::size_t size;
};

Process* owner_of_now() noexcept {
    if (kernel_calls > 0) return nullptr;
    auto* const thread = Scheduler::current();
    return thread == nullptr ? nullptr : &thread->process;
}

void* take(std::size_t size) noexcept {
    auto* const header = static_cast<Header*>(std::malloc(sizeof(Header) + size));
    if (header == nullptr) return nullptr;
    *header = {.owner = owner_of_now(), .run = run, .size = size};
    if (header->owner != nullptr) header->owner->heap += static_cast<std::ptrdiff_t>(size);
    return header + 1;
}

void give_back(void* block) noexcept {
    if (block == nullptr) return;
    auto* const header = static_cast<Header*>(block) - 1;
    if (header->owner != nullptr && header->run == run) {
        header->owner->heap -= static_cast<std::ptrdiff_t>(header->size);
    }
    std::free(header);
}

}  // namespace

InKernel::InKernel() noexcept {
    ++kernel_calls;
}

InKernel::~InKernel() {
    --kernel_calls;
}

void forget_heap() noexcept {
    ++run;
}

}  // namespace tickcast::simulation

namespace sim = tickcast::simulation;

// Those for over-aligned types stay the library's.

void* operator new(std::size_t size) {
    if (auto* const block = sim::take(size)) return block;
    throw std::bad_alloc{};
}
void* operator new[](std::size_t size) {
    return operator new(size);
}
void* operator new(std::size_t size, std::nothrow_t const&) noexcept {
    return sim::take(size);
}
void* operator new[](std::size_t size, std::nothrow_t const&) noexcept {
    return sim::take(size);
}
void operator delete(void* block) noexcept {
    sim::give_back(block);
}
void operator delete[](void* block) noexcept {
    sim::give_back(block);
}
void operator delete(void* block, std::size_t) noexcept {
    sim::give_back(block);
}
void operator delete[](void* block, std::size_t) noexcept {
    sim::give_back(block);
}
void operator delete(void* block, std::nothrow_t const&) noexcept {
    sim::give_back(block);
}
void operator delete[](void* block, std::nothrow_t const&) noexcept {
    sim::give_back(block);
}
