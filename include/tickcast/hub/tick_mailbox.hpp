// Router to one shard: the newest tick of each ticker since the shard last looked, not a queue.
// Shared: the control thread puts, the shard takes; one mutex, held for a batch or a swap.
// Bound: one record a ticker that the shard has subscribers for. Lives as long as both.
#pragma once

#include "tickcast/model/quote.hpp"
#include "tickcast/model/ticker.hpp"

#include <cstdint>
#include <cstring>
#include <functional>
#include <mutex>
#include <span>
#include <string_view>
#include <vector>

namespace tickcast {

/// The newest of one ticker, its JSON encoded.
struct TickRecord {
    TickerId ticker{};
    std::uint32_t interest{0};    ///< not 0: also the answer to the shard's interest of this number
    std::uint64_t sequence{0};    ///< `n`; 0 = the ticker had no tick yet
    std::int64_t taken_in_ns{0};  ///< steady clock
    std::uint16_t json_size{0};
    char json[kMaxTickJson];

    std::string_view text() const noexcept { return {json, json_size}; }
    /// Copies only the bytes that are used.
    void assign(TickRecord const& other) noexcept {
        ticker = other.ticker;
        sequence = other.sequence;
        taken_in_ns = other.taken_in_ns;
        json_size = other.json_size;
        std::memcpy(json, other.json, other.json_size);
    }
};

class TickMailbox {
public:
    /// `wake` is called on the control thread when the mailbox stops being empty.
    explicit TickMailbox(std::function<void()> wake) : wake_(std::move(wake)) {}

    /// Holds the mailbox for one batch and wakes the shard at its end.
    class Batch {
    public:
        explicit Batch(TickMailbox& mailbox) : mailbox_(mailbox), lock_(mailbox.mutex_) {}
        ~Batch();
        Batch(Batch const&) = delete;
        Batch& operator=(Batch const&) = delete;
        /// Takes the place of an older record of that ticker that still waits.
        void put(TickRecord const& record, std::uint32_t interest = 0);

    private:
        TickMailbox& mailbox_;
        std::lock_guard<std::mutex> lock_;
    };

    /// Shard: what came since the last call. Valid until the next one.
    std::span<TickRecord const> take();

private:
    std::function<void()> const wake_;
    std::mutex mutex_;
    std::vector<TickRecord> waiting_;
    /// Where in `waiting_` a ticker is, if `round` is the current one.
    struct Place {
        std::uint64_t round{0};
        std::uint32_t at{0};
    };
    std::vector<Place> places_;
    std::uint64_t round_{1};
    bool woken_{false};
    std::vector<TickRecord> taken_;  // the shard's
};

}  // namespace tickcast
