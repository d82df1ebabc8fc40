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
    return TickerHold{*this, std::move(ids)};
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

TickerHold TickerHold::clone() const {
    if (table_ == nullptr) return TickerHold{ids_};
    table_->acquire(ids_);
    return {*table_, ids_};
}

void TickerHold::change(std::span<TickerId const> removed, TickerHold added) {
    if (table_ == nullptr) table_ = added.table_;
    std::unordered_set<TickerId> const gone{removed.begin(), removed.end()};
    auto const first_gone = std::stable_partition(
        ids_.begin(), ids_.end(), [&gone](TickerId id) { return !gone.contains(id); });
    std::vector<TickerId> let_go{first_gone, ids_.end()};
    ids_.erase(first_gone, ids_.end());

    std::unordered_set<TickerId> here{ids_.begin(), ids_.end()};
    for (auto const id : std::exchange(added.ids_, {})) {
        (here.insert(id).second ? ids_ : let_go).push_back(id);
    }
    if (table_ != nullptr && !let_go.empty()) table_->release(let_go);
}

void TickerHold::release() noexcept {
    if (table_ != nullptr && !ids_.empty()) table_->release(ids_);
    ids_.clear();
}

}  // namespace tickcast
