#include "tickcast/session/session_map.hpp"

#include "session/limit_reached.hpp"
#include "tickcast/base/shrink_buckets.hpp"
#include "tickcast/protocol/limit.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <unordered_set>
#include <utility>

namespace tickcast {
namespace {

std::int64_t to_us(SteadyTime time) noexcept {
    return std::chrono::floor<std::chrono::microseconds>(time).time_since_epoch().count();
}

}  // namespace

Error no_session_error() {
    return {.code = ErrorCode::no_such_session, .detail = "it expired, was deleted, or never was"};
}

SessionMap::SessionMap(Config config, Clock const& clock) : config_(config), clock_(clock) {}

Result<SessionView> SessionMap::create(TickerHold tickers, std::uint32_t throttle_ms,
                                       SessionSlot slot) {
    if (!reserve_session()) {
        return limit_reached(ErrorCode::at_capacity, Limit::max_sessions, config_.max_sessions);
    }
    Record record;
    record.tickers = std::move(tickers);
    record.slot = std::move(slot);
    record.throttle_ms = throttle_ms;
    auto const id = SessionId::generate();
    auto& home = stripe(id);
    std::scoped_lock const lock{home.mutex};
    auto const [it, inserted] = home.records.emplace(id, std::move(record));
    TICKCAST_CHECK(inserted, "128 random bits came twice");
    if (config_.max_age > Duration{0}) it->second.too_old_at = clock_.now() + config_.max_age;
    wait_for_stream(id, it->second, config_.pending, home.pending);
    ++home.counts.by_state[index_of(SessionState::pending)];
    ++home.counts.created;
    return view(id, it->second);
}

SessionView SessionMap::view(SessionId const& id, Record const& record) const {
    return {.id = id,
            .tickers = record.tickers.clone(),
            .throttle_ms = record.throttle_ms,
            .state = record.state,
            .expires_at_us = expires_at(record),
            .stream = record.stream()};
}

/// A pause delays the expiry, but not the age limit.
std::int64_t SessionMap::expires_at(Record const& record) const noexcept {
    if (record.state == SessionState::streaming) return 0;
    auto const expires = SteadyTime{record.expires.time_since_epoch()} + clock_.left_out();
    return record.steady_began_us + to_us(std::min<SteadyTime>(expires, record.too_old_at));
}

std::optional<SessionView> SessionMap::get(SessionId const& id) const {
    auto& home = stripe(id);
    std::scoped_lock const lock{home.mutex};
    auto const it = find(home, id);
    if (it == home.records.end()) return std::nullopt;
    return view(id, it->second);
}

bool SessionMap::contains(SessionId const& id) const {
    auto& home = stripe(id);
    std::scoped_lock const lock{home.mutex};
    return find(home, id) != home.records.end();
}

Result<SessionView> SessionMap::change(SessionId const& id, SessionChange change) {
    auto& home = stripe(id);
    std::scoped_lock const lock{home.mutex};
    auto const it =
        change.generation ? find_streaming(home, id, *change.generation) : find(home, id);
    if (it == home.records.end()) {
        return no_session_error();
    }
    auto& record = it->second;
    std::unordered_set<TickerId> after{record.tickers.ids().begin(), record.tickers.ids().end()};
    for (auto const ticker : change.remove)
        after.erase(ticker);
    after.insert(change.add.ids().begin(), change.add.ids().end());
    if (change.add.size() > 0 && after.size() > config_.max_tickers) {
        return Error{
            .code = ErrorCode::too_many_tickers,
            .detail = "more tickers than a session may have: " + std::to_string(after.size()),
            .limit = config_.max_tickers};
    }
    record.tickers.change(change.remove, std::move(change.add));
    if (change.throttle_ms) record.throttle_ms = *change.throttle_ms;
    return view(id, record);
}

std::optional<Claim> SessionMap::claim(SessionId const& id, std::uint32_t shard,
                                       std::uint64_t number,
                                       std::optional<std::uint64_t> continues) {
    auto& home = stripe(id);
    std::scoped_lock const lock{home.mutex};
    auto const it = find(home, id);
    if (it == home.records.end()) return std::nullopt;
    auto& record = it->second;
    if (continues && *continues < record.taken_over) return std::nullopt;
    bool const comes_back = continues && *continues <= record.generation;
    auto const displaced = record.stream();
    ++record.generation;
    if (!comes_back) record.taken_over = record.generation;
    record.shard = shard;
    record.stream_number = number;
    change_state(home, record, SessionState::streaming);
    return Claim{.tickers = record.tickers.clone(),
                 .throttle_ms = record.throttle_ms,
                 .generation = record.generation,
                 .too_old_at = record.too_old_at,
                 .displaced = displaced};
}

bool SessionMap::displaced(SessionId const& id, std::uint64_t generation) const {
    auto& home = stripe(id);
    std::scoped_lock const lock{home.mutex};
    auto const it = find(home, id);
    return it != home.records.end() && generation < it->second.taken_over;
}

bool SessionMap::release(SessionId const& id, std::uint64_t generation) {
    auto& home = stripe(id);
    std::scoped_lock const lock{home.mutex};
    auto const it = find_streaming(home, id, generation);
    if (it == home.records.end()) return false;
    if (it->second.too_old_at <= clock_.now()) {
        erase(home, it, SessionEnd::too_old);
        return true;
    }
    change_state(home, it->second, SessionState::detached);
    wait_for_stream(id, it->second, config_.detached, home.detached);
    return true;
}

bool SessionMap::end(SessionId const& id, std::uint64_t generation, SessionEnd why) {
    auto& home = stripe(id);
    std::scoped_lock const lock{home.mutex};
    auto const it = find_streaming(home, id, generation);
    if (it == home.records.end()) return false;
    erase(home, it, why);
    return true;
}

SessionMap::Removal SessionMap::remove(SessionId const& id) {
    auto& home = stripe(id);
    std::scoped_lock const lock{home.mutex};
    auto const it = find(home, id);
    if (it == home.records.end()) return {};
    Removal const removal{.found = true, .streaming = it->second.stream()};
    erase(home, it, SessionEnd::deleted);
    return removal;
}

bool SessionMap::sweep(std::size_t most) {
    for (std::size_t stripes = 0; stripes < kStripes && most > 0; ++stripes) {
        auto const at = swept_next_.load(std::memory_order_relaxed);
        auto& swept = stripes_[at];
        std::scoped_lock const lock{swept.mutex};
        sweep(swept, swept.pending, most);
        sweep(swept, swept.detached, most);
        if (most > 0) swept_next_.store((at + 1) % kStripes, std::memory_order_relaxed);
    }
    return most == 0;
}

SessionCounts SessionMap::counts() const {
    SessionCounts total;
    for (auto& counted : stripes_) {
        std::scoped_lock const lock{counted.mutex};
        for (std::size_t i = 0; i < kSessionStates; ++i) {
            total.by_state[i] += counted.counts.by_state[i];
        }
        total.created += counted.counts.created;
        for (std::size_t i = 0; i < kSessionEnds; ++i)
            total.ended[i] += counted.counts.ended[i];
    }
    return total;
}

bool SessionMap::reserve_session() noexcept {
    auto size = size_.load(std::memory_order_relaxed);
    do {
        if (size >= config_.max_sessions) return false;
    } while (!size_.compare_exchange_weak(size, size + 1, std::memory_order_relaxed));
    return true;
}

SessionMap::Records::iterator SessionMap::find(Stripe& stripe, SessionId const& id) const {
    auto const it = stripe.records.find(id);
    if (it == stripe.records.end()) return it;
    auto const& record = it->second;
    if (record.state == SessionState::streaming) return it;
    if (!has_expired(record) && record.too_old_at > clock_.now()) return it;
    erase(stripe, it, expiry_of(record));
    return stripe.records.end();
}

SessionMap::Records::iterator SessionMap::find_streaming(Stripe& stripe, SessionId const& id,
                                                         std::uint64_t generation) const {
    auto const it = stripe.records.find(id);
    if (it == stripe.records.end()) return it;
    auto const& record = it->second;
    bool const streams = record.state == SessionState::streaming && record.generation == generation;
    return streams ? it : stripe.records.end();
}

void SessionMap::erase(Stripe& stripe, Records::iterator it, SessionEnd why) const noexcept {
    --stripe.counts.by_state[index_of(it->second.state)];
    ++stripe.counts.ended[index_of(why)];
    stripe.records.erase(it);
    shrink_buckets(stripe.records);
    size_.fetch_sub(1, std::memory_order_relaxed);
}

void SessionMap::wait_for_stream(SessionId const& id, Record& record, Duration wait,
                                 std::deque<Expiry>& expiries) const {
    // The time is read under the stripe's mutex, so that the entries stay in order.
    record.expires = clock_.peer_deadline(wait);
    record.steady_began_us = clock_.wall_us() - to_us(clock_.now());
    expiries.push_back({.deadline = record.expires, .id = id});
}

void SessionMap::sweep(Stripe& stripe, std::deque<Expiry>& expiries, std::size_t& left) const {
    auto const now = clock_.peer_now();
    for (; !expiries.empty() && left > 0; expiries.pop_front()) {
        auto const& first = expiries.front();
        auto const it = stripe.records.find(first.id);
        bool const stale = it == stripe.records.end() ||
                           it->second.state == SessionState::streaming ||
                           it->second.expires != first.deadline;
        if (stale) continue;  // most are: a session is usually claimed at once
        if (first.deadline > now) break;
        erase(stripe, it, expiry_of(it->second));
        --left;
    }
}

bool SessionMap::has_expired(Record const& record) const noexcept {
    return record.expires <= clock_.peer_now();
}

/// Which limit came first, each in its own time.
SessionEnd SessionMap::expiry_of(Record const& record) const noexcept {
    auto const too_old_since = clock_.now() - record.too_old_at;
    auto const expired_since = clock_.peer_now() - record.expires;
    if (too_old_since >= expired_since) return SessionEnd::too_old;
    return record.state == SessionState::pending ? SessionEnd::expired_pending
                                                 : SessionEnd::expired_detached;
}

void SessionMap::change_state(Stripe& stripe, Record& record, SessionState to) noexcept {
    --stripe.counts.by_state[index_of(record.state)];
    record.state = to;
    ++stripe.counts.by_state[index_of(to)];
}

}  // namespace tickcast
