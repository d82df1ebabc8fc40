// The hub's view of one client: its tickers, in one encoding, and one mark per ticker ("this ticker
// had a tick since the client's last frame"). No I/O. Owner: the stream connection, on its shard's
// thread; only the shard's hub touches its content. Bound: the session's tickers.
#pragma once

#include "tickcast/base/check.hpp"
#include "tickcast/protocol/tick_encoding.hpp"

#include <boost/container/small_vector.hpp>

#include <cstdint>
#include <vector>

namespace tickcast {

class Subscriber {
public:
    explicit Subscriber(TickEncoding encoding = TickEncoding::json) noexcept
        : encoding_(encoding) {}
    Subscriber(Subscriber const&) = delete;
    Subscriber& operator=(Subscriber const&) = delete;
    ~Subscriber() { TICKCAST_CHECK(!queued_, "a client that is destroyed is not queued"); }

    /// One ticker of the client; the ticker's mark is the bit with the same index.
    struct Subscription {
        std::uint32_t slot{0};            ///< the hub's ticker slot
        std::uint32_t position : 31 {0};  ///< in that slot's subscriber list
        std::uint32_t settled : 1 {0};    ///< had its snapshot: its ticks count from there
        std::uint32_t last_sequence{0};   ///< low half of the `n` written last, or in the snapshot

        void written(std::uint64_t sequence) noexcept {
            last_sequence = static_cast<std::uint32_t>(sequence);
        }
        /// How many ticks the ticker had since the last one written; no client can fall behind by
        /// 2^32 ticks.
        std::uint32_t ticks_since(std::uint64_t sequence) const noexcept {
            return static_cast<std::uint32_t>(sequence) - last_sequence;
        }
    };
    static_assert(sizeof(Subscription) == 12, "five of them in a cache line");

    bool marked() const noexcept { return marked_words_ != 0; }
    /// All tickers' newest quotes have come, so a snapshot can be built.
    bool quotes_known() const noexcept { return awaited_ == 0; }
    /// Some tickers had no snapshot yet.
    bool unsettled() const noexcept { return unsettled_ != 0; }

private:
    friend class FlushQueue;
    friend class FanOut;

    void mark(std::uint32_t bit) noexcept {
        auto& word = marks_[bit / 64];
        if (word == 0) ++marked_words_;
        word |= std::uint64_t{1} << (bit % 64);
    }
    /// Prefetches the first marked ticker's subscription, with which a frame of ticks begins.
    void prefetch_marked() const noexcept {
        for (std::size_t word = 0; word < marks_.size(); ++word) {
            if (marks_[word] == 0) continue;
            auto const bit = word * 64 + static_cast<std::size_t>(__builtin_ctzll(marks_[word]));
            return __builtin_prefetch(subscriptions_.data() + bit, 1);
        }
    }
    bool has_mark(std::uint32_t bit) const noexcept {
        return (marks_[bit / 64] >> (bit % 64) & 1U) != 0;
    }
    void clear_mark(std::uint32_t bit) noexcept {
        auto& word = marks_[bit / 64];
        if (word == 0) return;
        word &= ~(std::uint64_t{1} << (bit % 64));
        if (word == 0) --marked_words_;
    }

    boost::container::small_vector<std::uint64_t, 1> marks_;
    std::vector<Subscription> subscriptions_;
    std::uint32_t marked_words_{0};
    std::uint16_t awaited_{0};      ///< tickers whose newest quote has not come from the router yet
    std::uint16_t unsettled_{0};    ///< tickers that had no snapshot yet
    std::uint32_t queue_index_{0};  ///< of its entry in the flush queue, while `queued_`
    bool queued_{false};
    TickEncoding const encoding_;
    bool held_{false};  ///< marks do not queue it: its output or its throttle waits
};

}  // namespace tickcast
