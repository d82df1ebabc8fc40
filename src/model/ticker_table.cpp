#include "tickcast/model/ticker_table.hpp"

#include "tickcast/base/check.hpp"

#include <algorithm>
#include <cstring>
#include <mutex>
#include <unordered_set>

namespace tickcast {

std::optional<TickerId> TickerTable::make_known(Ticker const& ticker) {
    if (auto const id = find_known(ticker)) return id;  // the usual case needs no exclusive lock
    if (!make_all_known({&ticker, 1})) return std::nullopt;
    return find_known(ticker);
}

bool TickerTable::make_all_known(std::span<Ticker const> tickers) {
    std::unique_lock const lock{mutex_};
    if (!room_for(tickers)) return false;
    for (auto const& ticker : tickers)
        know(add(ticker));
    return true;
}

bool TickerTable::claim(std::span<Ticker const> tickers, std::vector<TickerId>& ids) {
    std::unique_lock const lock{mutex_};
    for (auto const& ticker : tickers) {
        auto const [found, is_new] = ids_[stripe_of(ticker)].try_emplace(ticker);
        if (is_new) {
            found->second = new_entry(ticker);
            entries_[found->second.value].claim = claim_;
            ++claimed_;
        }
        ++entries_[found->second.value].holds;
        ids.push_back(found->second);
    }
    return claimed_ == 0 || size_ + claimed_ <= max_tickers_;
}

bool TickerTable::add_claimed() {
    std::unique_lock const lock{mutex_};
    if (claimed_ > 0 && size_ + claimed_ > max_tickers_) return false;
    size_ += std::exchange(claimed_, 0);
    if (++claim_ == 0) claim_ = 1;
    return true;
}

void TickerTable::make_known(std::span<TickerId const> ids) {
    std::unique_lock const lock{mutex_};
    for (auto const id : ids) {
        TICKCAST_CHECK(!is_claimed(id), "a ticker that is made known has a place");
        know(id);
    }
}

/// Hashes the whole name: names of one exchange or of one option chain begin alike.
std::size_t TickerTable::stripe_of(Ticker const& ticker) noexcept {
    static_assert(Ticker::kMaxLength % sizeof(std::uint64_t) == 0);
    std::uint64_t mixed = 0;
    for (std::size_t at = 0; at < Ticker::kMaxLength; at += sizeof mixed) {
        std::uint64_t word = 0;
        std::memcpy(&word, ticker.view().data() + at, sizeof word);  // zeros behind the name
        mixed = (mixed ^ word) * 0x9E37'79B9'7F4A'7C15;
    }
    static_assert(kStripes == 1U << 6);
    return mixed >> 58;
}

TickerId const* TickerTable::find(Ticker const& ticker) const noexcept {
    auto const& names = ids_[stripe_of(ticker)];
    auto const found = names.find(ticker);
    return found != names.end() ? &found->second : nullptr;
}

void TickerTable::know(TickerId id) {
    if (std::exchange(entries_[id.value].known, true)) return;
    known_.push_back(id);
    known_count_.store(known_.size(), std::memory_order_relaxed);
}

std::optional<TickerId> TickerTable::find_known(Ticker const& ticker) const {
    std::shared_lock const lock{mutex_};
    auto const* const id = find(ticker);
    if (id == nullptr || !entries_[id->value].known) return std::nullopt;
    return *id;
}

std::vector<Ticker> TickerTable::known_since(std::size_t first, std::size_t most) const {
    std::vector<Ticker> tickers;
    std::shared_lock const lock{mutex_};
    auto const end = std::min(first + most, known_.size());
    tickers.reserve(end - std::min(first, end));
    for (auto at = first; at < end; ++at)
        tickers.push_back(entries_[known_[at].value].ticker);
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
        if (auto const* const id = find(ticker)) ids.push_back(*id);
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
        TICKCAST_CHECK(entry.holds > 0, "a ticker is released once per hold");
        if (--entry.holds > 0 || entry.known) continue;
        ids_[stripe_of(entry.ticker)].erase(entry.ticker);
        --(is_claimed(id) ? claimed_ : size_);
        entry.claim = 0;
        free_.push_back(id);
    }
}

bool TickerTable::room_for(std::span<Ticker const> tickers) const {
    std::unordered_set<Ticker> fresh;
    for (auto const& ticker : tickers) {
        auto const* const id = find(ticker);
        if (id == nullptr || is_claimed(*id)) fresh.insert(ticker);
    }
    return size_ + fresh.size() <= max_tickers_ || fresh.empty();
}

TickerId TickerTable::add(Ticker const& ticker) {
    auto const [found, is_new] = ids_[stripe_of(ticker)].try_emplace(ticker);
    if (is_new) {
        found->second = new_entry(ticker);
    } else if (is_claimed(found->second)) {
        entries_[found->second.value].claim = 0;
        --claimed_;
    } else {
        return found->second;
    }
    ++size_;
    return found->second;
}

TickerId TickerTable::new_entry(Ticker const& ticker) {
    if (free_.empty()) {
        free_.push_back({static_cast<std::uint32_t>(entries_.size())});
        entries_.push_back({ticker});
    }
    auto const id = free_.back();
    free_.pop_back();
    entries_[id.value] = {ticker};
    return id;
}

Ticker TickerTable::name(TickerId id) const {
    std::shared_lock const lock{mutex_};
    TICKCAST_CHECK(id.value < entries_.size(), "a ticker id of another table");
    return entries_[id.value].ticker;
}

std::size_t TickerTable::size() const {
    std::shared_lock const lock{mutex_};
    return size_;
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
    after.shrink_to_fit();  // the list may live as long as the session
    auto const& with_table = list_ && list_->table != nullptr ? list_ : added.list_;
    auto* const table = with_table ? with_table->table : nullptr;
    if (table != nullptr) table->acquire(after);  // before the old list releases its holds
    list_ = new List{table, std::move(after)};
}

}  // namespace tickcast
