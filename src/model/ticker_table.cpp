#include "tickcast/model/ticker_table.hpp"

#include "tickcast/base/check.hpp"

#include <algorithm>
#include <mutex>
#include <unordered_set>

namespace tickcast {

std::optional<TickerId> TickerTable::find(Ticker const& ticker) const {
    std::shared_lock const lock{mutex_};
    auto const found = ids_.find(ticker);
    if (found == ids_.end()) return std::nullopt;
    return found->second;
}

std::optional<TickerId> TickerTable::intern(Ticker const& ticker) {
    if (auto const id = find(ticker)) return id;
    std::unique_lock const lock{mutex_};
    if (auto const found = ids_.find(ticker); found != ids_.end()) return found->second;
    if (entries_.size() >= max_tickers_) return std::nullopt;
    return add(ticker);
}

bool TickerTable::intern_all(std::span<Ticker const> tickers) {
    std::unique_lock const lock{mutex_};
    std::unordered_set<Ticker> fresh;
    for (auto const& ticker : tickers) {
        if (!ids_.contains(ticker)) fresh.insert(ticker);
    }
    if (fresh.size() > max_tickers_ - entries_.size()) return false;
    for (auto const& ticker : tickers) {
        if (!ids_.contains(ticker)) add(ticker);
    }
    return true;
}

TickerId TickerTable::add(Ticker const& ticker) {
    TickerId const id{static_cast<std::uint32_t>(entries_.size())};
    entries_.push_back({ticker});
    ids_.emplace(ticker, id);
    return id;
}

void TickerTable::mark_known(TickerId id) {
    if (is_known(id)) return;  // the usual case, which need not keep readers out
    std::unique_lock const lock{mutex_};
    entries_[id.value].known = true;
}

bool TickerTable::is_known(TickerId id) const {
    std::shared_lock const lock{mutex_};
    TICKCAST_CHECK(id.value < entries_.size(), "a ticker id of another table");
    return entries_[id.value].known;
}

Ticker TickerTable::name(TickerId id) const {
    std::shared_lock const lock{mutex_};
    TICKCAST_CHECK(id.value < entries_.size(), "a ticker id of another table");
    return entries_[id.value].ticker;
}

std::vector<Ticker> TickerTable::known() const {
    std::vector<Ticker> tickers;
    {
        std::shared_lock const lock{mutex_};
        tickers.reserve(entries_.size());
        for (auto const& entry : entries_) {
            if (entry.known) tickers.push_back(entry.ticker);
        }
    }
    std::sort(tickers.begin(), tickers.end());
    return tickers;
}

std::size_t TickerTable::size() const {
    std::shared_lock const lock{mutex_};
    return entries_.size();
}

}  // namespace tickcast
