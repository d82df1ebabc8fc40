// Names to dense ids and back, for the whole process. Shared: any thread, one reader-writer lock,
// never on the tick path. Entries live as long as the process. Bound: --max-known-tickers.
#pragma once

#include "tickcast/model/ticker.hpp"

#include <cstddef>
#include <deque>
#include <optional>
#include <shared_mutex>
#include <span>
#include <unordered_map>
#include <vector>

namespace tickcast {

class TickerTable {
public:
    explicit TickerTable(std::size_t max_tickers) : max_tickers_(max_tickers) {}

    std::optional<TickerId> find(Ticker const& ticker) const;
    /// The ticker's id, made if it is new; nothing where the table is full.
    std::optional<TickerId> intern(Ticker const& ticker);
    /// Makes all of them that are new, or none (false) where the table has no room for all.
    bool intern_all(std::span<Ticker const> tickers);
    /// A ticker is known once it is in a feed's universe or had a tick; until then it is only asked
    /// for.
    void mark_known(TickerId id);
    bool is_known(TickerId id) const;

    Ticker name(TickerId id) const;
    /// All known tickers, sorted by name.
    std::vector<Ticker> known() const;
    std::size_t size() const;
    std::size_t max_size() const noexcept { return max_tickers_; }

private:
    struct Entry {
        Ticker ticker;
        bool known{false};
    };

    TickerId add(Ticker const& ticker);

    std::size_t const max_tickers_;
    mutable std::shared_mutex mutex_;
    std::unordered_map<Ticker, TickerId> ids_;
    std::deque<Entry> entries_;
};

}  // namespace tickcast
