// Router to one shard: the newest tick of each ticker since the shard last looked, not a queue.
// Shared: the control thread puts, the shard takes; one mutex, held for a batch or a swap.
// Bound: one record per ticker that the shard has subscribers for. Lives as long as both.
#pragma once

#include "tickcast/model/ticker.hpp"
#include "tickcast/protocol/tick_json.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <mutex>
#include <string_view>
#include <utility>
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

/// Records one behind the other, in chunks that stay where they are: to move those of 100,000
/// tickers as a vector grows would hold up every feed. Keeps its memory.
class TickRecords {
public:
    /// The next one, which still holds what another left in it.
    TickRecord& add() {
        if (size_ == chunks_.size() * kChunk) chunks_.push_back(std::make_unique<Chunk>());
        return (*this)[size_++];
    }
    TickRecord& operator[](std::size_t at) noexcept { return (*chunks_[at / kChunk])[at % kChunk]; }
    TickRecord const& operator[](std::size_t at) const noexcept {
        return (*chunks_[at / kChunk])[at % kChunk];
    }
    std::size_t size() const noexcept { return size_; }
    bool empty() const noexcept { return size_ == 0; }
    void clear() noexcept { size_ = 0; }
    void swap(TickRecords& other) noexcept {
        chunks_.swap(other.chunks_);
        std::swap(size_, other.size_);
    }

private:
    static constexpr std::size_t kChunk = 64;
    using Chunk = std::array<TickRecord, kChunk>;

    std::vector<std::unique_ptr<Chunk>> chunks_;
    std::size_t size_{0};
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
    TickRecords const& take();

private:
    std::function<void()> const wake_;
    std::mutex mutex_;
    TickRecords waiting_;
    /// Where in `waiting_` a ticker is, if `round` is the current one.
    struct Place {
        std::uint64_t round{0};
        std::uint32_t at{0};
    };
    std::vector<Place> places_;
    std::uint64_t round_{1};
    bool woken_{false};
    TickRecords taken_;  // the shard's
};

}  // namespace tickcast
