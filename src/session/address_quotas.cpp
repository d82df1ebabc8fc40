#include "tickcast/session/address_quotas.hpp"

#include "session/limit_reached.hpp"

#include <algorithm>
#include <chrono>
#include <random>
#include <string>
#include <utility>

namespace tickcast {

namespace {

/// An empty bucket is full again after this time: its burst is one second's worth.
constexpr Duration kRefill = std::chrono::seconds{1};

/// Adds one, unless the count is at `limit`; then false.
bool add_within(std::atomic<std::size_t>& count, std::size_t limit) noexcept {
    auto seen = count.load(std::memory_order_relaxed);
    do {
        if (seen >= limit) return false;
    } while (!count.compare_exchange_weak(seen, seen + 1, std::memory_order_relaxed));
    return true;
}

std::uint64_t random_seed() {
    std::random_device device;
    return (std::uint64_t{device()} << 32U) | device();
}

}  // namespace

AddressKey AddressKey::of_v6(std::array<unsigned char, 16> const& address) noexcept {
    auto const value_of = [&address](std::size_t from, std::size_t to) {
        std::uint64_t value = 0;
        for (auto i = from; i < to; ++i)
            value = value << 8U | address[i];
        return value;
    };
    // RFC 4291 section 2.5.5.2. A socket that accepts both families sees IPv4 clients like this.
    bool const mapped = value_of(0, 8) == 0 && value_of(8, 12) == 0xFFFF;
    if (mapped) return of_v4(static_cast<std::uint32_t>(value_of(12, 16)));
    return {value_of(0, 8), true};
}

SessionSlot::SessionSlot(SessionSlot&& other) noexcept
    : quotas_(std::exchange(other.quotas_, nullptr)), key_(other.key_) {}

SessionSlot& SessionSlot::operator=(SessionSlot&& other) noexcept {
    if (this == &other) return *this;
    release();
    quotas_ = std::exchange(other.quotas_, nullptr);
    key_ = other.key_;
    return *this;
}

void SessionSlot::release() noexcept {
    auto* const quotas = std::exchange(quotas_, nullptr);
    if (quotas != nullptr) quotas->subtract(key_, &AddressQuotas::Holding::sessions);
}

ConnectionSlot::ConnectionSlot(ConnectionSlot&& other) noexcept
    : quotas_(std::exchange(other.quotas_, nullptr)),
      key_(other.key_),
      kind_(std::exchange(other.kind_, Kind::none)),
      by_address_(other.by_address_) {}

ConnectionSlot& ConnectionSlot::operator=(ConnectionSlot&& other) noexcept {
    if (this == &other) return *this;
    release();
    quotas_ = std::exchange(other.quotas_, nullptr);
    key_ = other.key_;
    kind_ = std::exchange(other.kind_, Kind::none);
    by_address_ = other.by_address_;
    return *this;
}

void ConnectionSlot::release() noexcept {
    auto* const quotas = std::exchange(quotas_, nullptr);
    if (quotas == nullptr || kind_ == Kind::dropped) return;
    quotas->disconnect(key_, kind_ == Kind::served);
}

void ConnectionSlot::give_way() noexcept {
    if (kind_ != Kind::refused) return;
    kind_ = Kind::dropped;
    quotas_->disconnect(key_, false);
}

void ConnectionSlot::insist() noexcept {
    if (kind_ != Kind::dropped) return;
    kind_ = Kind::refused;
    quotas_->refusing_.fetch_add(1, std::memory_order_relaxed);
}

std::optional<Error> ConnectionSlot::refusal() const {
    if (!refused()) return std::nullopt;
    auto const& limits = quotas_->limits_;
    if (by_address_) {
        return limit_reached(ErrorCode::too_many_connections, Limit::max_connections_per_address,
                             limits.max_connections_per_address);
    }
    return limit_reached(ErrorCode::at_capacity, Limit::max_connections, limits.max_connections);
}

Result<void> ConnectionSlot::count_request(SteadyTime since) const {
    if (kind_ != Kind::served) return {};
    auto const limit = quotas_->limits_.max_requests_per_second_per_address;
    if (limit == 0 || quotas_->count_request(key_, since)) return {};
    return limit_reached(ErrorCode::rate_limited, Limit::max_requests_per_second_per_address,
                         limit);
}

Result<SessionSlot> ConnectionSlot::open_session() const {
    if (kind_ != Kind::served) return SessionSlot{};
    auto const limit = quotas_->limits_.max_sessions_per_address;
    if (limit == 0) return SessionSlot{};
    if (quotas_->add(key_, &AddressQuotas::Holding::sessions, limit)) {
        return SessionSlot{*quotas_, key_};
    }
    return limit_reached(ErrorCode::too_many_sessions, Limit::max_sessions_per_address, limit);
}

AddressQuotas::Limits AddressQuotas::Limits::from(Settings const& settings) {
    return {.max_connections = settings.max_connections,
            .max_connections_per_address = settings.max_connections_per_address,
            .max_sessions_per_address = settings.max_sessions_per_address,
            .max_requests_per_second_per_address = settings.max_requests_per_second_per_address};
}

AddressQuotas::AddressQuotas(Limits limits, Clock const& clock)
    : limits_(limits),
      clock_(clock),
      by_address_(limits.max_connections_per_address != 0 || limits.max_sessions_per_address != 0 ||
                  limits.max_requests_per_second_per_address != 0),
      hash_{random_seed()} {
    for (auto& stripe : stripes_)
        stripe.holdings = decltype(stripe.holdings){0, hash_};
}

ConnectionSlot AddressQuotas::connect(AddressKey key) {
    // The address's own limit first: a client at its own limit gets that error, not at_capacity.
    if (by_address_ && !add(key, &Holding::connections, limits_.max_connections_per_address)) {
        return refuse(true);
    }
    if (!add_within(open_, limits_.max_connections)) {
        if (by_address_) subtract(key, &Holding::connections);
        return refuse(false);
    }
    ConnectionSlot slot;
    slot.quotas_ = this;
    slot.key_ = key;
    slot.kind_ = ConnectionSlot::Kind::served;
    return slot;
}

ConnectionSlot AddressQuotas::refuse(bool by_address) {
    ConnectionSlot slot;
    slot.quotas_ = this;
    slot.by_address_ = by_address;
    slot.kind_ = add_within(refusing_, limits_.max_refusing) ? ConnectionSlot::Kind::refused
                                                             : ConnectionSlot::Kind::dropped;
    return slot;
}

void AddressQuotas::disconnect(AddressKey key, bool served) noexcept {
    (served ? open_ : refusing_).fetch_sub(1, std::memory_order_relaxed);
    if (served && by_address_) subtract(key, &Holding::connections);
}

bool AddressQuotas::add(AddressKey key, Count count, std::size_t limit) {
    auto const rate =
        std::max(1.0, static_cast<double>(limits_.max_requests_per_second_per_address));
    auto& home = stripe(key);
    std::scoped_lock const lock{home.mutex};
    auto const [it, inserted] =
        home.holdings.try_emplace(key, Holding{.requests = TokenBucket{rate, rate}});
    auto& held = it->second.*count;
    // An address at its limit holds something, so try_emplace inserted nothing just now.
    if (limit != 0 && held >= limit) return false;
    ++held;
    return true;
}

void AddressQuotas::subtract(AddressKey key, Count count) noexcept {
    auto& home = stripe(key);
    std::scoped_lock const lock{home.mutex};
    auto const it = home.holdings.find(key);
    TICKCAST_CHECK(it != home.holdings.end() && it->second.*count > 0, "given back twice");
    auto& holding = it->second;
    --(holding.*count);
    if (!holding.empty() || holding.listed) return;
    if (holding.requests.fresh()) {
        home.holdings.erase(it);
        return;
    }
    holding.listed = true;
    home.emptied.push_back({clock_.peer_now() + kRefill, key});
}

bool AddressQuotas::count_request(AddressKey key, SteadyTime since) {
    auto& home = stripe(key);
    std::scoped_lock const lock{home.mutex};
    auto const it = home.holdings.find(key);
    TICKCAST_CHECK(it != home.holdings.end(), "its connection holds it");
    auto const now = clock_.now();
    auto& holding = it->second;
    if (!holding.requests.spend(now, std::min(since, now))) return false;
    if (since < now) {
        holding.kept_until = clock_.peer_now() + std::max<Duration>(now - since, kRefill);
    }
    return true;
}

/// Requests that waited in a pause are granted once: an address must not be forgotten, and so be
/// new again, while some may still wait.
bool AddressQuotas::Holding::forgettable(Clock const& clock) const noexcept {
    return requests.full(clock.now()) && clock.peer_now() >= kept_until;
}

void AddressQuotas::sweep() {
    if (!by_address_) return;
    for (auto& swept : stripes_) {
        std::scoped_lock const lock{swept.mutex};
        auto const now = clock_.peer_now();
        while (!swept.emptied.empty() && swept.emptied.front().look_at <= now) {
            auto const it = swept.holdings.find(swept.emptied.front().key);
            swept.emptied.pop_front();
            auto& holding = it->second;
            holding.listed = false;
            if (!holding.empty()) continue;
            if (holding.forgettable(clock_)) {
                swept.holdings.erase(it);
            } else {  // the address came back meanwhile, and left again
                holding.listed = true;
                swept.emptied.push_back({now + kRefill, it->first});
            }
        }
    }
}

std::size_t AddressQuotas::addresses() const {
    std::size_t count = 0;
    for (auto const& counted : stripes_) {
        std::scoped_lock const lock{counted.mutex};
        count += counted.holdings.size();
    }
    return count;
}

/// The finalizer of SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators,
/// 2014), keyed.
std::size_t AddressQuotas::KeyHash::operator()(AddressKey const& key) const noexcept {
    auto mixed = key.prefix ^ seed ^ (key.v6 ? 0x9E3779B97F4A7C15U : 0U);
    mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBU;
    return mixed ^ (mixed >> 31U);
}

}  // namespace tickcast
