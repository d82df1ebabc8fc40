// The clients that wait for their turn to flush, first come first served. A ring of pointers, so
// that clients whose turn is near can be prefetched (a linked list would find each client only
// through the one before). Owner: the FanOut, on its shard's thread. Bound: one entry per client,
// and the entries given up since the last flush.
#pragma once

#include "tickcast/hub/subscriber.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace tickcast {

class FlushQueue {
public:
    bool empty() const noexcept { return first_ == end_; }
    /// Entries in the ring, also those that were given up.
    std::uint32_t size() const noexcept { return end_ - first_; }

    /// Makes room for that many more.
    void reserve(std::size_t more) {
        while (capacity() - size() < more)
            grow();
    }
    /// Adds the client at the end, unless it is queued already.
    void push(Subscriber& client) {
        reserve(1);
        push_reserved(client);
    }
    /// The same where `reserve` made room.
    void push_reserved(Subscriber& client) noexcept {
        if (client.queued_) return;
        client.queued_ = true;
        client.queue_index_ = end_;
        entry(end_++) = &client;
    }
    /// Removes the first entry and returns its client; null where the entry was given up.
    Subscriber* pop() noexcept {
        auto* const client = entry(first_++);
        if (client != nullptr) client->queued_ = false;
        return client;
    }
    /// Gives up the client's entry, if it is queued.
    void remove(Subscriber& client) noexcept {
        if (!client.queued_) return;
        client.queued_ = false;
        entry(client.queue_index_) = nullptr;
    }
    /// The client `behind` entries after the first, below `size()`; null where the entry was given
    /// up.
    Subscriber const* peek(std::size_t behind) const noexcept {
        return entry(first_ + static_cast<std::uint32_t>(behind));
    }

private:
    Subscriber*& entry(std::uint32_t index) const noexcept { return ring_[index & mask_]; }
    std::uint32_t capacity() const noexcept { return mask_ + 1; }
    void grow() {
        auto const mask = capacity() == 0 ? 63 : mask_ * 2 + 1;
        auto larger = std::make_unique<Subscriber*[]>(std::size_t{mask} + 1);
        for (auto index = first_; index != end_; ++index)
            larger[index & mask] = entry(index);
        ring_ = std::move(larger);
        mask_ = mask;
    }

    std::unique_ptr<Subscriber*[]> ring_;
    std::uint32_t mask_{~0U};  ///< the capacity, a power of two or 0 at first, less one
    // Running indices of entries: they count on past the ring's end, and wrap around.
    std::uint32_t first_{0};
    std::uint32_t end_{0};
};

}  // namespace tickcast
