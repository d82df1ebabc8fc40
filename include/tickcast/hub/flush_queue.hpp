// Clients that wait for their turn, first come first served: a ring of pointers, so that those
// whose turn is near can be fetched from memory ahead of it (in a linked list each is found only by
// the one before). Owner: the FanOut. Bound: one place a client, and those given up since the
// last flush.
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
    /// Places that are taken, also by those who gave theirs up.
    std::uint32_t size() const noexcept { return end_ - first_; }

    /// Makes room for that many more.
    void reserve(std::size_t more) {
        while (capacity() - size() < more)
            grow();
    }
    /// Gives the client the last place, unless it has one.
    void push(Subscriber& client) {
        reserve(1);
        push_reserved(client);
    }
    /// The same where `reserve` made room.
    void push_reserved(Subscriber& client) noexcept {
        if (client.queued_) return;
        client.queued_ = true;
        client.place_ = end_;
        place(end_++) = &client;
    }
    /// The client of the first place; null where it gave that up.
    Subscriber* pop() noexcept {
        auto* const client = place(first_++);
        if (client != nullptr) client->queued_ = false;
        return client;
    }
    /// Gives up the client's place, if it has one.
    void remove(Subscriber& client) noexcept {
        if (!client.queued_) return;
        client.queued_ = false;
        place(client.place_) = nullptr;
    }
    /// The client of the place that many behind the first, below `size()`; may be null.
    Subscriber const* peek(std::size_t behind) const noexcept {
        return place(first_ + static_cast<std::uint32_t>(behind));
    }

private:
    Subscriber*& place(std::uint32_t number) const noexcept { return ring_[number & mask_]; }
    std::uint32_t capacity() const noexcept { return mask_ + 1; }
    void grow() {
        auto const mask = capacity() == 0 ? 63 : mask_ * 2 + 1;
        auto larger = std::make_unique<Subscriber*[]>(std::size_t{mask} + 1);
        for (auto number = first_; number != end_; ++number)
            larger[number & mask] = place(number);
        ring_ = std::move(larger);
        mask_ = mask;
    }

    std::unique_ptr<Subscriber*[]> ring_;
    std::uint32_t mask_{~0U};  ///< the capacity, a power of two or 0 at first, less one
    // Numbers of places; they count on past the ring's end, and wrap.
    std::uint32_t first_{0};
    std::uint32_t end_{0};
};

}  // namespace tickcast
