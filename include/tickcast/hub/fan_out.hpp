// One shard's fan-out: the subscriber list of each ticker, each client's marks, and the queue of
// the clients that wait for their turn to flush. Passive: it has no loop and no socket;
// stream/slice_loop.hpp gives the turns. Owner: the ShardStreams, on its thread. Outlives its
// subscribers. Bounds: --max-known-tickers and the sessions' tickers. A tick that waits for a
// client is one mark, never an entry in a queue.
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
    /// How many list entries ahead a client is prefetched into the cache.
    static constexpr std::ptrdiff_t kAhead = 16;
    /// The most tickers that a client can have.
    static constexpr std::uint32_t kMostBits = 1U << 15;

    /// `wake` is called when a client joins the queue for any other reason than a mark; after
    /// `take_in` the caller looks at the queue itself. `metrics` and `interest` outlive this
    /// object.
    FanOut(std::uint32_t shard, ShardMetrics& metrics, InterestSink& interest,
           std::function<void()> wake);

    /// Takes in a tick: marks the ticker's clients and queues those that are not held. Returns how
    /// many clients it looked at.
    std::size_t take_in(TickRecord const& record) noexcept;
    /// The clients that wait for their turn.
    FlushQueue& waiting() noexcept { return waiting_; }

    /// Adds the client to the lists of these tickers, which are distinct and new to it. The client
    /// joins the queue once all their quotes are known. It gets no tick of them before its next
    /// snapshot.
    void subscribe(Subscriber& client, std::span<TickerId const> tickers);
    /// Removes the client from the lists of these tickers, in O(its tickers), and counts as
    /// abandoned the ticks that it will not get.
    void unsubscribe(Subscriber& client, std::span<TickerId const> tickers) noexcept;
    /// Removes the client from all lists. May be called again.
    void unsubscribe_all(Subscriber& client) noexcept;

    /// Queues the client for its turn to flush, whether it is held or not.
    void enqueue(Subscriber& client) noexcept;
    /// Until `release`, marks alone do not queue the client.
    void hold(Subscriber& client) noexcept { client.held_ = true; }
    void release(Subscriber& client) noexcept;

    // For the code that writes frames, within a slice: no tick is taken in between building a frame
    // and accounting for it.

    /// Prefetches the first subscription that `for_each_marked` and `frame_accepted` will read.
    static void prefetch_marked(Subscriber const& client) noexcept { client.prefetch_marked(); }

    /// `visit(text)` for the newest tick of each marked ticker.
    template <class Visit>
    void for_each_marked(Subscriber const& client, Visit&& visit) const noexcept {
        for_each_mark(client, [&](Subscriber::Subscription const& subscription) {
            visit(slots_[subscription.slot].newest.text());
        });
    }
    /// `visit(ticker, text)` for each ticker that had no snapshot yet; the text is empty where the
    /// ticker has no quote.
    template <class Visit>
    void for_each_unsettled(Subscriber const& client, Visit&& visit) const noexcept {
        for (auto const& subscription : client.subscriptions_) {
            if (subscription.settled) continue;
            auto const& newest = slots_[subscription.slot].newest;
            visit(newest.topic.ticker(), newest.text());
        }
    }
    /// The kernel took the first byte of a snapshot of all unsettled tickers: their ticks count
    /// from here on.
    void snapshot_accepted(Subscriber& client) noexcept;
    /// The kernel took the first byte of a frame of all marked ticks: clears the marks and counts
    /// the conflated ticks. Calls `visit(ticker, taken_in_ns)` once per tick of the frame.
    template <class Visit>
    void frame_accepted(Subscriber& client, Visit&& visit) noexcept {
        for_each_mark(client, [&](Subscriber::Subscription& subscription) {
            auto const& newest = slots_[subscription.slot].newest;
            metrics_.ticks_conflated.add(subscription.ticks_since(newest.sequence) - 1);
            subscription.written(newest.sequence);
            visit(newest.topic.ticker(), newest.taken_in_ns);
        });
        clear_marks(client);
    }

private:
    /// A subscriber in a ticker's list. It is one word, since a tick walks thousands of them: the
    /// client's address, which has 48 significant bits in user space (x86-64, arm64), and below it
    /// the bit's number and the `settled` flag.
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
        /// A copy of the subscription's flag: here a tick reads it without touching another cache
        /// line.
        bool settled() const noexcept { return (word_ & 1U) != 0; }
        void settle() noexcept { word_ |= 1U; }

    private:
        std::uint64_t word_;
    };
    static_assert(sizeof(ListEntry) == 8, "eight of them in a cache line");
    /// A topic with subscribers on this shard; free slots are reused.
    struct Slot {
        TickRecord newest;
        std::uint32_t request{0};  ///< the interest's request to the router
        bool known{false};         ///< the router has answered it
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

    std::uint32_t slot_of(TickTopic topic);
    void count_abandoned(Subscriber const& client, std::uint32_t bit) noexcept;
    void remove(Subscriber& client, std::uint32_t bit) noexcept;
    void prefetch_lists(Subscriber const& client) const noexcept;
    void leave(Slot& slot, Subscriber::Subscription const& subscription) noexcept;

    std::uint32_t const shard_;
    ShardMetrics& metrics_;
    InterestSink& interest_;
    std::function<void()> const wake_;
    std::unordered_map<TickTopic, std::uint32_t> slot_by_topic_;
    std::deque<Slot> slots_;
    std::vector<std::uint32_t> free_slots_;
    std::uint32_t next_request_{1};
    FlushQueue waiting_;
    ThreadChecker thread_;
};

}  // namespace tickcast
