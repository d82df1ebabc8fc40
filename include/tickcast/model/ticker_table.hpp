// The ticker table of the process: names to dense ids and back. Shared: any thread, one
// reader-writer lock, never on the path of a tick. Owner: SharedState. A ticker that a feed has had
// is known and stays permanently. A ticker that is only subscribed to stays while a TickerHold
// holds it; then its id is given to another ticker. Bounds: --max-known-tickers, and as many
// claimed tickers again.
#pragma once

#include "tickcast/model/ticker.hpp"

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <initializer_list>
#include <optional>
#include <shared_mutex>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

namespace tickcast {

class TickerHold;
class TickerTable {
public:
    explicit TickerTable(std::size_t max_tickers) : max_tickers_(max_tickers) {}

    /// Makes a ticker known: one of a feed's universe, or one that had a tick. Nothing where the
    /// table is full.
    std::optional<TickerId> make_known(Ticker const& ticker);
    /// Makes all of them known, or none (false) where the table has no room for all.
    bool make_all_known(std::span<Ticker const> tickers);
    /// The id of a known ticker; a known ticker keeps its id permanently.
    std::optional<TickerId> find_known(Ticker const& ticker) const;

    // These three make many tickers known, all or none, in steps, so that no thread waits long for
    // the lock. For one caller at a time: until all tickers that it claimed are added or released.

    /// Holds these tickers and appends their ids to `ids`. A ticker that the table does not have
    /// yet is claimed: it does not count towards the limit, so that no other caller is refused
    /// because of it. False where the table has no room for all claimed tickers; they are held all
    /// the same.
    bool claim(std::span<Ticker const> tickers, std::vector<TickerId>& ids);
    /// Counts all claimed tickers towards the limit, or none where there is no room (false).
    bool add_claimed();
    /// Makes these tickers known; the caller holds them, and they count towards the limit.
    void make_known(std::span<TickerId const> ids);

    /// `most` known tickers at most, in the order in which they became known, from index `first`
    /// on.
    std::vector<Ticker> known_since(std::size_t first, std::size_t most) const;
    /// How many tickers are known. The count only grows: while it is the same, so is the set.
    std::size_t known_count() const noexcept {
        return known_count_.load(std::memory_order_relaxed);
    }

    /// Holds tickers (distinct), known or not; nothing where there is no room for all new ones.
    std::optional<TickerHold> hold(std::span<Ticker const> tickers);
    /// The ids of those `tickers` that are known or held, in no order. Use it only to compare with
    /// ids that the caller holds itself.
    std::vector<TickerId> find_all(std::span<Ticker const> tickers) const;
    /// Adds one hold of each id, all of which are held already; `release` ends one hold of each.
    void acquire(std::span<TickerId const> ids);
    void release(std::span<TickerId const> ids) noexcept;

    /// The name of an id that is known or held.
    Ticker name(TickerId id) const;
    std::size_t size() const;
    std::size_t max_size() const noexcept { return max_tickers_; }

private:
    struct Entry {
        Ticker ticker;
        bool known{false};
        std::uint32_t holds{0};
        std::uint32_t claim{0};  ///< number of the claim that the ticker belongs to
    };

    /// One of many small maps, so that no growth of a map holds up all readers.
    using Ids = std::unordered_map<Ticker, TickerId>;
    static constexpr std::size_t kStripes = 64;

    static std::size_t stripe_of(Ticker const& ticker) noexcept;
    TickerId const* find(Ticker const& ticker) const noexcept;
    bool room_for(std::span<Ticker const> tickers) const;
    TickerId add(Ticker const& ticker);
    TickerId new_entry(Ticker const& ticker);
    /// The ticker is in the table, and does not count towards the limit yet.
    bool is_claimed(TickerId id) const noexcept { return entries_[id.value].claim == claim_; }
    void know(TickerId id);

    std::size_t const max_tickers_;
    std::atomic<std::size_t> known_count_{0};
    mutable std::shared_mutex mutex_;
    std::array<Ids, kStripes> ids_;
    std::size_t size_{0};     ///< all tickers without the claimed ones
    std::size_t claimed_{0};  ///< tickers of the current claim
    std::uint32_t claim_{1};  ///< number of the current claim
    std::deque<Entry> entries_;
    std::vector<TickerId> free_;
    std::deque<TickerId> known_;  ///< in the order in which they became known
};

/// Holds a list of tickers: they stay in their table while this object lives. One thread at a time;
/// clones may be on other threads. Without a table it is a mere list. Clones share one list, which
/// never changes: a session and its stream share theirs.
class TickerHold {
public:
    TickerHold() = default;
    TickerHold(std::vector<TickerId> ids) : list_(new List{nullptr, std::move(ids)}) {}
    TickerHold(std::initializer_list<TickerId> ids) : TickerHold(std::vector<TickerId>{ids}) {}
    TickerHold(TickerHold&&) noexcept = default;
    TickerHold& operator=(TickerHold&&) noexcept = default;

    /// Another hold of the same tickers.
    TickerHold clone() const { return TickerHold{list_}; }
    /// Ends the hold of `removed`, and adds those of `added` that are not held here yet. Clones do
    /// not change.
    void change(std::span<TickerId const> removed, TickerHold added);

    std::vector<TickerId> const& ids() const noexcept;
    std::size_t size() const noexcept { return ids().size(); }
    friend bool operator==(TickerHold const& a, TickerHold const& b) noexcept {
        return a.ids() == b.ids();
    }

private:
    friend class TickerTable;
    /// In the table each ticker is held once per list, not once per clone.
    struct List : boost::intrusive_ref_counter<List> {
        List(TickerTable* in, std::vector<TickerId> those) : table(in), ids(std::move(those)) {}
        ~List();

        TickerTable* const table;  ///< null: none
        std::vector<TickerId> const ids;
    };
    using ListPtr = boost::intrusive_ptr<List const>;
    explicit TickerHold(ListPtr list) noexcept : list_(std::move(list)) {}

    ListPtr list_;  ///< null: no tickers
};

}  // namespace tickcast
