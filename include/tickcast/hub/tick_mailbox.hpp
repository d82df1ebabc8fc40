// The mailbox from the router to one shard. It holds the newest tick of each topic since the shard
// last looked; it is not a queue. Shared: the control thread puts, the shard's thread takes; one
// mutex, held for one batch or one swap. Bound: one record per topic that the shard has subscribers
// for. Owner: app/Shard; outlives the router.
#pragma once

#include "tickcast/hub/tick_topic.hpp"
#include "tickcast/protocol/tick_encoding.hpp"

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

/// The newest tick of one topic, encoded.
struct TickRecord {
    TickTopic topic{};
    std::uint32_t request{0};     ///< not 0: also answers this request of the shard
    std::uint64_t sequence{0};    ///< `n`; 0 = the ticker had no tick yet
    std::int64_t taken_in_ns{0};  ///< steady clock
    std::uint16_t size{0};
    char bytes[kMaxTickSize];

    std::string_view text() const noexcept { return {bytes, size}; }
    /// Copies only the used bytes; `request` stays as it is.
    void assign(TickRecord const& other) noexcept {
        topic = other.topic;
        sequence = other.sequence;
        taken_in_ns = other.taken_in_ns;
        size = other.size;
        std::memcpy(bytes, other.bytes, other.size);
    }
};

/// A growing array of records, in chunks that never move: moving the records of 100,000 tickers
/// when a vector grows would hold up every feed. Keeps its memory when cleared.
class TickRecords {
public:
    /// Appends a record, which still holds the values of its former use.
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
        /// Replaces an older record of the same topic that still waits.
        void put(TickRecord const& record, std::uint32_t request = 0);

    private:
        TickMailbox& mailbox_;
        std::lock_guard<std::mutex> lock_;
    };

    /// For the shard's thread: the records put since the last call. Valid until the next call.
    TickRecords const& take();

private:
    std::function<void()> const wake_;
    std::mutex mutex_;
    TickRecords waiting_;
    /// The index of a topic's record in `waiting_`, if `round` is the current round.
    struct Position {
        std::uint64_t round{0};
        std::uint32_t at{0};
    };
    std::vector<Position> positions_;
    std::uint64_t round_{1};
    bool woken_{false};
    TickRecords taken_;  // the shard's
};

}  // namespace tickcast
