// One shard's fan-out: ticker → (client, bit) lists, the clients' marks, and the queue of those
// that wait for their turn. Passive: it has no loop and no socket; stream/slice_loop.hpp has the
// turns. Owner: the StreamShard, on its thread. Outlives its subscribers. Bounds:
// --max-known-tickers, and the sessions' tickers; what waits for a client is a mark, never a queue.
#pragma once

#include "tickcast/base/check.hpp"
#include "tickcast/base/thread_checker.hpp"
#include "tickcast/hub/flush_queue.hpp"
#include "tickcast/hub/interest.hpp"
#include "tickcast/hub/subscriber.hpp"
#include "tickcast/hub/tick_mailbox.hpp"
#include "tickcast/metrics/shard_metrics.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tickcast {

class FanOut {
public:
    /// How many list entries before its turn a client is fetched from memory.
    static constexpr std::ptrdiff_t kAhead = 16;
    /// Tickers that a client may have.
    static constexpr std::uint32_t kMostBits = 1U << 15;

    /// `wake` is called when a client joins the queue for any other reason than a mark: whoever
    /// calls `take` looks at the queue afterwards by itself. Metrics and interest outlive this.
    FanOut(std::uint32_t shard, ShardMetrics& metrics, InterestSink& interest,
           std::function<void()> wake);

    /// Takes in a tick: marks its clients, of which those that are not held join the queue. Gives
    /// how many clients it looked at.
    std::size_t take(TickRecord const& record) noexcept;
    /// The clients that wait for their turn.
    FlushQueue& waiting() noexcept { return waiting_; }
    FlushQueue const& waiting() const noexcept { return waiting_; }

    /// Puts a client on these tickers' lists (distinct ones, not its own yet). Its turn to flush
    /// comes when all are known; no tick of them is for it before its next snapshot.
    void subscribe(Subscriber& client, std::span<TickerId const> tickers);
    /// Takes it off these tickers' lists, O(its tickers), and counts what it will not get of them.
    void unsubscribe(Subscriber& client, std::span<TickerId const> tickers) noexcept;
    /// Takes it off all lists. May be called again.
    void unsubscribe_all(Subscriber& client) noexcept;

    /// Gives the client its turn to flush, held or not.
    void enqueue(Subscriber& client) noexcept;
    /// Its marks alone queue it no more, until `release`.
    void hold(Subscriber& client) noexcept { client.held_ = true; }
    void release(Subscriber& client) noexcept;

    // For the writer, within a slice: nothing is taken in between building and accounting.

    /// Fetches the first that `for_each_marked` and `frame_taken` will look at.
    static void prefetch_marked(Subscriber const& client) noexcept { client.prefetch_marked(); }

    /// `visit(text)` for the newest tick of each marked ticker.
    template <class Visit>
    void for_each_marked(Subscriber const& client, Visit&& visit) const noexcept {
        for_each_mark(client, [&](Subscriber::Subscription const& subscription) {
            visit(slots_[subscription.slot].newest.text());
        });
    }
    /// `visit(ticker, text)` for each ticker that had no snapshot yet; the text is empty without a
    /// quote.
    template <class Visit>
    void for_each_unsettled(Subscriber const& client, Visit&& visit) const noexcept {
        for (auto const& subscription : client.subscriptions_) {
            if (subscription.settled) continue;
            auto const& newest = slots_[subscription.slot].newest;
            visit(newest.ticker, newest.text());
        }
    }
    /// The first byte of a snapshot of all unsettled was taken: their ticks count from here.
    void snapshot_taken(Subscriber& client) noexcept;
    /// The first byte of a frame of all marked ticks was taken: clears the marks, counts what was
    /// conflated. `visit(ticker, taken_in_ns)` once a tick of the frame.
    template <class Visit>
    void frame_taken(Subscriber& client, Visit&& visit) noexcept {
        for_each_mark(client, [&](Subscriber::Subscription& subscription) {
            auto const& newest = slots_[subscription.slot].newest;
            metrics_.ticks_conflated.add(subscription.ticks_since(newest.sequence) - 1);
            subscription.written(newest.sequence);
            visit(newest.ticker, newest.taken_in_ns);
        });
        clear_marks(client);
    }

private:
    /// A subscriber in a ticker's list. One word, since a tick walks thousands of them: the
    /// client's address, of which 48 bits count in user space (x86-64, arm64), and below it the
    /// rest.
    class ListEntry {
    public:
        ListEntry(Subscriber& client, std::uint32_t bit) noexcept
            : word_(reinterpret_cast<std::uintptr_t>(&client) << 16 | bit << 1) {
            TICKCAST_CHECK(this->client() == &client && bit < kMostBits, "it fits into a word");
        }
        Subscriber* client() const noexcept {
            return reinterpret_cast<Subscriber*>(word_ >> 16);  // NOLINT(performance-no-int-to-ptr)
        }
        /// The client's mark for this ticker.
        std::uint32_t bit() const noexcept {
            return static_cast<std::uint32_t>(word_ >> 1) % kMostBits;
        }
        void set_bit(std::uint32_t bit) noexcept {
            word_ = (word_ & ~std::uint64_t{2 * kMostBits - 2}) | bit << 1;
        }
        /// As in the client's subscription, where a tick finds it at hand.
        bool settled() const noexcept { return (word_ & 1U) != 0; }
        void settle() noexcept { word_ |= 1U; }

    private:
        std::uint64_t word_;
    };
    static_assert(sizeof(ListEntry) == 8, "eight of them in a cache line");
    /// A ticker with subscribers on this shard; free ones are reused.
    struct Slot {
        TickRecord newest;
        std::uint32_t interest{0};  ///< number of the interest that was asked for
        bool known{false};          ///< and answered
        std::vector<ListEntry> subscribers;
    };

    template <class Client, class Visit>
    static void for_each_mark(Client& client, Visit&& visit) noexcept {
        for (std::size_t word = 0; word < client.marks_.size(); ++word) {
            for (auto bits = client.marks_[word]; bits != 0; bits &= bits - 1) {
                auto const bit = word * 64 + static_cast<std::size_t>(__builtin_ctzll(bits));
                visit(client.subscriptions_[bit]);
            }
        }
    }
    static void clear_marks(Subscriber& client) noexcept;

    std::uint32_t slot_of(TickerId ticker);
    void count_abandoned(Subscriber const& client, std::uint32_t bit) noexcept;
    void remove(Subscriber& client, std::uint32_t bit) noexcept;
    void prefetch_lists(Subscriber const& client) const noexcept;
    void leave(Slot& slot, Subscriber::Subscription const& subscription) noexcept;

    std::uint32_t const shard_;
    ShardMetrics& metrics_;
    InterestSink& interest_;
    std::function<void()> const wake_;
    std::unordered_map<TickerId, std::uint32_t> slot_by_ticker_;
    std::deque<Slot> slots_;
    std::vector<std::uint32_t> free_slots_;
    std::uint32_t next_interest_{1};
    FlushQueue waiting_;
    ThreadChecker thread_;
};

}  // namespace tickcast
