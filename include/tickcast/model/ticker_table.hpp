// Names to dense ids and back, for the whole process. Shared: any thread, one reader-writer lock,
// never on the tick path. What a feed has stays permanently; what is only subscribed to stays while
// somebody holds it, and then its id is given to another. Bounds: --max-known-tickers, and as many
// claimed ones.
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

    /// A ticker of a feed's universe, or one that had a tick. Nothing where the table is full.
    std::optional<TickerId> make_known(Ticker const& ticker);
    /// Makes all of them known, or none (false) where the table has no room for all.
    bool make_all_known(std::span<Ticker const> tickers);
    /// The id of a known ticker, which is its own permanently.
    std::optional<TickerId> find_known(Ticker const& ticker) const;

    // For many new tickers, a few at a time, so that nobody waits long for the lock, and all of
    // them or none. For one caller at a time: until all that it claimed has a place or was
    // released.

    /// Holds these; their ids go behind `ids`. One that is not here yet is claimed: it takes no
    /// place, so that nobody is refused for it, and is nobody else's until somebody adds it. False
    /// where there is no room for all that is claimed; it is held all the same.
    bool claim(std::span<Ticker const> tickers, std::vector<TickerId>& ids);
    /// All that is claimed takes its place, or nothing of it where there is no room (false).
    bool place_claimed();
    /// Makes these known, which the caller holds and which have their places.
    void make_known(std::span<TickerId const> ids);

    /// All known tickers, sorted by name.
    std::vector<Ticker> known() const;
    /// So many of these at most, in the order in which they became known, from the one of this
    /// number on.
    std::vector<Ticker> known_since(std::size_t first, std::size_t most) const;
    /// How many these are. It only grows: as long as it is the same, so are they.
    std::size_t known_count() const noexcept {
        return known_count_.load(std::memory_order_relaxed);
    }

    /// Holds tickers (distinct), known or not; nothing where there is no room for all new ones.
    std::optional<TickerHold> hold(std::span<Ticker const> tickers);
    /// The ids of those of them that are known or held by somebody, in no order: good for comparing
    /// with ids that the caller holds itself.
    std::vector<TickerId> find_all(std::span<Ticker const> tickers) const;
    /// One more hold of an id that somebody holds already, and the end of one.
    void acquire(std::span<TickerId const> ids);
    void release(std::span<TickerId const> ids) noexcept;

    /// Of an id that is known or held.
    Ticker name(TickerId id) const;
    std::size_t size() const;
    std::size_t max_size() const noexcept { return max_tickers_; }

private:
    struct Entry {
        Ticker ticker;
        bool known{false};
        std::uint32_t holds{0};
        std::uint32_t claim{0};  ///< of this number
    };

    /// One of many, so that none is large enough for its growth to hold up all readers.
    using Ids = std::unordered_map<Ticker, TickerId>;
    static constexpr std::size_t kStripes = 64;

    static std::size_t stripe_of(Ticker const& ticker) noexcept;
    TickerId const* find(Ticker const& ticker) const noexcept;
    bool room_for(std::span<Ticker const> tickers) const;
    TickerId add(Ticker const& ticker);
    TickerId new_entry(Ticker const& ticker);
    /// It is here, and takes no place yet.
    bool is_claimed(TickerId id) const noexcept { return entries_[id.value].claim == claim_; }
    void know(TickerId id);

    std::size_t const max_tickers_;
    std::atomic<std::size_t> known_count_{0};
    mutable std::shared_mutex mutex_;
    std::array<Ids, kStripes> ids_;
    std::size_t size_{0};     ///< of all of them, without those that are claimed
    std::size_t claimed_{0};  ///< those of the claim under way
    std::uint32_t claim_{1};  ///< its number
    std::deque<Entry> entries_;
    std::vector<TickerId> free_;
    std::deque<TickerId> known_;  ///< in the order in which they became so
};

/// Tickers that stay in their table while this lives. Any thread, one at a time (its clones may be
/// on others). Without a table it is a mere list. Clones share one list, which never changes: a
/// session's and its stream's are the same.
class TickerHold {
public:
    TickerHold() = default;
    TickerHold(std::vector<TickerId> ids) : list_(new List{nullptr, std::move(ids)}) {}
    TickerHold(std::initializer_list<TickerId> ids) : TickerHold(std::vector<TickerId>{ids}) {}
    TickerHold(TickerHold&&) noexcept = default;
    TickerHold& operator=(TickerHold&&) noexcept = default;

    /// Another hold of the same tickers.
    TickerHold clone() const { return TickerHold{list_}; }
    /// Ends the hold of some, and adds those of `added` that are not here yet. For clones nothing
    /// changes.
    void change(std::span<TickerId const> removed, TickerHold added);

    std::vector<TickerId> const& ids() const noexcept;
    std::size_t size() const noexcept { return ids().size(); }
    friend bool operator==(TickerHold const& a, TickerHold const& b) noexcept {
        return a.ids() == b.ids();
    }

private:
    friend class TickerTable;
    /// In the table each ticker is held once a list, not once a clone.
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
