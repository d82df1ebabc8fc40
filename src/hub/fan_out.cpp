#include "tickcast/hub/fan_out.hpp"

#include "tickcast/base/check.hpp"
#include "tickcast/config/settings.hpp"

#include <algorithm>
#include <utility>

namespace tickcast {

namespace {

static_assert(kMostTickersPerSession <= FanOut::kMostBits);

/// Lists grow by a quarter each time: doubled lists would be the larger part of a client's memory.
template <class List>
void make_room(List& list) {
    if (list.size() == list.capacity()) list.reserve(list.size() + list.size() / 4 + 4);
}

}  // namespace

FanOut::FanOut(std::uint32_t shard, ShardMetrics& metrics, InterestSink& interest,
               std::function<void()> wake)
    : shard_(shard), metrics_(metrics), interest_(interest), wake_(std::move(wake)) {}

std::size_t FanOut::take_in(TickRecord const& record) noexcept {
    thread_.check();
    auto const found = slot_by_topic_.find(record.topic);
    if (found == slot_by_topic_.end()) return 0;  // its last subscriber has just gone
    auto& slot = slots_[found->second];
    auto const answer = record.request == slot.request;
    // Ticks of an earlier interest come before the answer and count for nobody.
    if (!slot.known && !answer) return 0;
    slot.newest.assign(record);
    if (!slot.known) {
        slot.known = true;
        for (auto const& entry : slot.subscribers) {
            if (--entry.client()->awaited_ == 0) enqueue(*entry.client());
        }
        return slot.subscribers.size();
    }
    waiting_.reserve(slot.subscribers.size());
    auto const mark = [this](ListEntry entry) {
        if (!entry.settled()) return;
        auto& client = *entry.client();
        client.mark(entry.bit());
        if (!client.held_) waiting_.push_reserved(client);
    };
    // Thousands of clients fit into no cache: a later client is prefetched while one is marked.
    auto const* entry = slot.subscribers.data();
    auto const* const end = entry + slot.subscribers.size();
    for (auto const* const near_end = end - std::min(kAhead, end - entry); entry != near_end;) {
        __builtin_prefetch(entry[kAhead].client(), 1);
        mark(*entry++);
    }
    while (entry != end)
        mark(*entry++);
    return slot.subscribers.size();
}

std::uint32_t FanOut::slot_of(TickTopic topic) {
    auto const [found, is_new] = slot_by_topic_.try_emplace(topic, 0);
    if (!is_new) return found->second;
    if (free_slots_.empty()) {
        free_slots_.push_back(static_cast<std::uint32_t>(slots_.size()));
        slots_.emplace_back();
    }
    auto const index = free_slots_.back();
    free_slots_.pop_back();
    found->second = index;
    auto& slot = slots_[index];
    slot.newest.topic = topic;
    slot.newest.sequence = 0;
    slot.newest.size = 0;
    slot.known = false;
    slot.request = next_request_++;
    if (next_request_ == 0) next_request_ = 1;
    interest_.change({shard_, topic, slot.request});
    return index;
}

void FanOut::subscribe(Subscriber& client, std::span<TickerId const> tickers) {
    thread_.check();
    auto const count = client.subscriptions_.size() + tickers.size();
    client.marks_.resize((count + 63) / 64, 0);
    client.subscriptions_.reserve(count);
    for (auto const ticker : tickers) {
        auto const index = slot_of({ticker, client.encoding_});
        auto& slot = slots_[index];
        auto const bit = static_cast<std::uint32_t>(client.subscriptions_.size());
        auto const position = static_cast<std::uint32_t>(slot.subscribers.size());
        client.subscriptions_.push_back({.slot = index, .position = position & 0x7FFF'FFFFU});
        make_room(slot.subscribers);
        slot.subscribers.emplace_back(client, bit);
        if (!slot.known) ++client.awaited_;
    }
    client.unsettled_ = static_cast<std::uint16_t>(client.unsettled_ + tickers.size());
    metrics_.subscriptions.add(static_cast<std::int64_t>(tickers.size()));
    if (client.awaited_ == 0) enqueue(client);
}

void FanOut::unsubscribe(Subscriber& client, std::span<TickerId const> tickers) noexcept {
    thread_.check();
    for (auto const ticker : tickers) {
        auto const found = slot_by_topic_.find({ticker, client.encoding_});
        if (found == slot_by_topic_.end()) continue;
        auto const& all = client.subscriptions_;
        auto const at = std::find_if(all.begin(), all.end(), [&](auto const& subscription) {
            return subscription.slot == found->second;
        });
        if (at != all.end()) remove(client, static_cast<std::uint32_t>(at - all.begin()));
    }
    if (client.unsettled_ != 0 && client.awaited_ == 0) enqueue(client);
}

void FanOut::unsubscribe_all(Subscriber& client) noexcept {
    thread_.check();
    prefetch_lists(client);
    while (!client.subscriptions_.empty()) {
        remove(client, static_cast<std::uint32_t>(client.subscriptions_.size() - 1));
    }
    waiting_.remove(client);
}

void FanOut::count_abandoned(Subscriber const& client, std::uint32_t bit) noexcept {
    auto const& subscription = client.subscriptions_[bit];
    auto const missed = subscription.ticks_since(slots_[subscription.slot].newest.sequence);
    metrics_.ticks_conflated.add(missed - 1);
    metrics_.ticks_abandoned.add();
}

void FanOut::remove(Subscriber& client, std::uint32_t bit) noexcept {
    if (client.has_mark(bit)) count_abandoned(client, bit);
    client.clear_mark(bit);
    auto& gone = client.subscriptions_[bit];
    if (!gone.settled) --client.unsettled_;
    if (!slots_[gone.slot].known) --client.awaited_;
    leave(slots_[gone.slot], gone);
    metrics_.subscriptions.add(-1);

    // The client's last subscription moves, with its mark, into the position of the removed one.
    auto const last = static_cast<std::uint32_t>(client.subscriptions_.size() - 1);
    if (bit != last) {
        gone = client.subscriptions_[last];
        slots_[gone.slot].subscribers[gone.position].set_bit(bit);
        if (client.has_mark(last)) client.mark(bit);
        client.clear_mark(last);
    }
    client.subscriptions_.pop_back();
}

/// When thousands of clients leave at once, neither they nor the clients that move into their list
/// positions are in a cache. So the memory that `leave` will touch is prefetched in three steps,
/// each for all tickers at once.
void FanOut::prefetch_lists(Subscriber const& client) const noexcept {
    for (auto const& gone : client.subscriptions_) {
        auto const& list = slots_[gone.slot].subscribers;
        __builtin_prefetch(&list[gone.position], 1);
        __builtin_prefetch(&list.back());
    }
    for (auto const& gone : client.subscriptions_)
        __builtin_prefetch(slots_[gone.slot].subscribers.back().client());
    for (auto const& gone : client.subscriptions_) {
        auto const last = slots_[gone.slot].subscribers.back();
        __builtin_prefetch(last.client()->subscriptions_.data() + last.bit(), 1);
    }
}

void FanOut::leave(Slot& slot, Subscriber::Subscription const& subscription) noexcept {
    // The last entry moves into the position of the removed one.
    auto const last = slot.subscribers.back();
    slot.subscribers[subscription.position] = last;
    last.client()->subscriptions_[last.bit()].position = subscription.position;
    slot.subscribers.pop_back();
    // Memory that a crowd needed is given back with it.
    if (slot.subscribers.size() <= slot.subscribers.capacity() / 2)
        slot.subscribers.shrink_to_fit();
    if (!slot.subscribers.empty()) return;
    slot_by_topic_.erase(slot.newest.topic);
    free_slots_.push_back(subscription.slot);
    interest_.change({shard_, slot.newest.topic, 0});
}

void FanOut::enqueue(Subscriber& client) noexcept {
    thread_.check();
    waiting_.push(client);
    wake_();
}

void FanOut::release(Subscriber& client) noexcept {
    client.held_ = false;
    if (client.marked()) enqueue(client);
}

void FanOut::snapshot_accepted(Subscriber& client) noexcept {
    for (auto& subscription : client.subscriptions_) {
        if (subscription.settled) continue;
        auto& slot = slots_[subscription.slot];
        subscription.written(slot.newest.sequence);
        subscription.settled = 1;
        slot.subscribers[subscription.position].settle();
    }
    client.unsettled_ = 0;
}

void FanOut::clear_marks(Subscriber& client) noexcept {
    std::fill(client.marks_.begin(), client.marks_.end(), 0);
    client.marked_words_ = 0;
}

}  // namespace tickcast
