#include "tickcast/model/ticker_table.hpp"

#include "tickcast/base/check.hpp"

#include <algorithm>
#include <mutex>
#include <unordered_set>

namespace tickcast {

std::optional<TickerId> TickerTable::make_known(Ticker const& ticker) {
    if (auto const id = find_known(ticker)) return id;  // the usual case keeps no reader out
    if (!make_all_known({&ticker, 1})) return std::nullopt;
    return find_known(ticker);
}

bool TickerTable::make_all_known(std::span<Ticker const> tickers) {
    std::unique_lock const lock{mutex_};
    if (!room_for(tickers)) return false;
    for (auto const& ticker : tickers) {
        auto& entry = entries_[add(ticker).value];
        if (!std::exchange(entry.known, true)) known_count_.fetch_add(1, std::memory_order_relaxed);
    }
    return true;
}

std::optional<TickerId> TickerTable::find_known(Ticker const& ticker) const {
    std::shared_lock const lock{mutex_};
    auto const found = ids_.find(ticker);
    if (found == ids_.end() || !entries_[found->second.value].known) return std::nullopt;
    return found->second;
}

std::vector<Ticker> TickerTable::known() const {
    std::vector<Ticker> tickers;
    {
        std::shared_lock const lock{mutex_};
        tickers.reserve(ids_.size());
        for (auto const& [ticker, id] : ids_) {
            if (entries_[id.value].known) tickers.push_back(ticker);
        }
    }
    std::sort(tickers.begin(), tickers.end());
    return tickers;
}

std::optional<TickerHold> TickerTable::hold(std::span<Ticker const> tickers) {
    std::unique_lock const lock{mutex_};
    if (!room_for(tickers)) return std::nullopt;
    std::vector<TickerId> ids;
    ids.reserve(tickers.size());
    for (auto const& ticker : tickers) {
        ids.push_back(add(ticker));
        ++entries_[ids.back().value].holds;
    }
    return TickerHold{TickerHold::ListPtr{new TickerHold::List{this, std::move(ids)}}};
}

std::vector<TickerId> TickerTable::find_all(std::span<Ticker const> tickers) const {
    std::vector<TickerId> ids;
    std::shared_lock const lock{mutex_};
    for (auto const& ticker : tickers) {
        if (auto const found = ids_.find(ticker); found != ids_.end()) {
            ids.push_back(found->second);
        }
    }
    return ids;
}

void TickerTable::acquire(std::span<TickerId const> ids) {
    std::unique_lock const lock{mutex_};
    for (auto const id : ids) {
        TICKCAST_CHECK(id.value < entries_.size(), "a ticker id of another table");
        ++entries_[id.value].holds;
    }
}

void TickerTable::release(std::span<TickerId const> ids) noexcept {
    std::unique_lock const lock{mutex_};
    for (auto const id : ids) {
        auto& entry = entries_[id.value];
        TICKCAST_CHECK(entry.holds > 0, "a ticker is released once a hold");
        if (--entry.holds > 0 || entry.known) continue;
        ids_.erase(entry.ticker);
        free_.push_back(id);
    }
}

bool TickerTable::room_for(std::span<Ticker const> tickers) const {
    std::unordered_set<Ticker> fresh;
    for (auto const& ticker : tickers) {
        if (!ids_.contains(ticker)) fresh.insert(ticker);
    }
    return ids_.size() + fresh.size() <= max_tickers_ || fresh.empty();
}

TickerId TickerTable::add(Ticker const& ticker) {
    auto const [found, is_new] = ids_.try_emplace(ticker);
    if (!is_new) return found->second;
    if (free_.empty()) {
        free_.push_back({static_cast<std::uint32_t>(entries_.size())});
        entries_.push_back({ticker});
    }
    auto const id = free_.back();
    free_.pop_back();
    entries_[id.value] = {ticker};
    return found->second = id;
}

Ticker TickerTable::name(TickerId id) const {
    std::shared_lock const lock{mutex_};
    TICKCAST_CHECK(id.value < entries_.size(), "a ticker id of another table");
    return entries_[id.value].ticker;
}

std::size_t TickerTable::size() const {
    std::shared_lock const lock{mutex_};
    return ids_.size();
}

TickerHold::List::~List() {
    if (table != nullptr) table->release(ids);
}

std::vector<TickerId> const& TickerHold::ids() const noexcept {
    static std::vector<TickerId> const none;
    return list_ ? list_->ids : none;
}

void TickerHold::change(std::span<TickerId const> removed, TickerHold added) {
    std::unordered_set<TickerId> const gone{removed.begin(), removed.end()};
    std::unordered_set<TickerId> here;
    std::vector<TickerId> after;
    for (auto const id : ids()) {
        if (!gone.contains(id) && here.insert(id).second) after.push_back(id);
    }
    for (auto const id : added.ids()) {
        if (here.insert(id).second) after.push_back(id);
    }
    after.shrink_to_fit();  // it may stay for as long as the session does
    auto const& with_table = list_ && list_->table != nullptr ? list_ : added.list_;
    auto* const table = with_table ? with_table->table : nullptr;
    if (table != nullptr) table->acquire(after);  // before the old list lets them go
    list_ = new List{table, std::move(after)};
}

}  // namespace tickcast
