// The quotas of client addresses: how many connections and sessions one address may have at a time,
// how many requests per second, and how many connections the whole process has. Shared: any thread;
// one short critical section under one of the stripes, never across I/O. Owner: SharedState. It
// outlives its slots and the SessionMap, which may release a slot while it holds a stripe of its
// own: so this class calls no other. Bound: `sweep` forgets an address one second of peer time
// after the address holds nothing any more; after a pause, later by the length of the pause.
#pragma once

#include "tickcast/base/clock.hpp"
#include "tickcast/base/token_bucket.hpp"
#include "tickcast/config/settings.hpp"
#include "tickcast/protocol/error.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <unordered_map>

namespace tickcast {

/// What a quota counts by: an IPv4 address, or the /64 prefix of an IPv6 address. One customer or
/// host gets a whole /64 and may use any address in it.
struct AddressKey {
    std::uint64_t prefix{0};
    bool v6{false};

    static AddressKey of_v4(std::uint32_t address) noexcept { return {address, false}; }
    /// In network order. An IPv4 address mapped into IPv6 is that IPv4 address.
    static AddressKey of_v6(std::array<unsigned char, 16> const& address) noexcept;

    friend bool operator==(AddressKey const&, AddressKey const&) = default;
};

class AddressQuotas;
class ConnectionSlot;

/// A session's share of its creator's quota; the destructor gives it back. One owner at a time.
class SessionSlot {
public:
    SessionSlot() = default;  ///< belongs to no quota
    SessionSlot(SessionSlot&& other) noexcept;
    SessionSlot& operator=(SessionSlot&& other) noexcept;
    ~SessionSlot() { release(); }

private:
    friend class ConnectionSlot;
    SessionSlot(AddressQuotas& quotas, AddressKey key) noexcept : quotas_(&quotas), key_(key) {}
    void release() noexcept;

    AddressQuotas* quotas_{nullptr};
    AddressKey key_{};
};

/// A socket's share of the quotas. It moves with the socket; the destructor gives it back. One
/// owner at a time.
class ConnectionSlot {
public:
    ConnectionSlot() = default;  ///< belongs to no quota: nothing is refused
    ConnectionSlot(ConnectionSlot&& other) noexcept;
    ConnectionSlot& operator=(ConnectionSlot&& other) noexcept;
    ~ConnectionSlot() { release(); }

    /// There were too many sockets already: the first request is answered with `refusal`.
    bool refused() const noexcept { return kind_ == Kind::refused || kind_ == Kind::dropped; }
    /// at_capacity or too_many_connections; nothing if not refused.
    std::optional<Error> refusal() const;
    /// Too many sockets wait for their refusal already: another one gives way, or this socket is
    /// closed without an answer.
    bool dropped() const noexcept { return kind_ == Kind::dropped; }
    /// A refused socket gives way to another one: from now on it is `dropped`.
    void give_way() noexcept;
    /// Makes a dropped socket `refused` again, so that it gets its answer. The caller has made
    /// another one give way, or keeps a bound of its own.
    void insist() noexcept;

    /// Counts one request of this socket's address, which may have waited to be read since `since`.
    /// The error (rate_limited) if the address sent too many lately.
    Result<void> count_request(SteadyTime since = SteadyTime::max()) const;
    /// Counts a new session of this socket's address; too_many_sessions at the limit.
    Result<SessionSlot> open_session() const;

private:
    friend class AddressQuotas;
    enum class Kind : std::uint8_t { none, served, refused, dropped };

    void release() noexcept;

    AddressQuotas* quotas_{nullptr};
    AddressKey key_{};
    Kind kind_{Kind::none};
    bool by_address_{false};  ///< refused because its address has too many
};

class AddressQuotas {
public:
    static constexpr std::size_t kMaxRefusing = 256;
    /// A limit of 0 is off, except max_connections.
    struct Limits {
        std::size_t max_connections{100'000};
        std::size_t max_connections_per_address{0};
        std::size_t max_sessions_per_address{0};
        std::size_t max_requests_per_second_per_address{0};
        /// How many sockets past a limit may be open at a time, to get their refusal.
        std::size_t max_refusing{kMaxRefusing};

        static Limits from(Settings const& settings);
    };

    /// The clock outlives this.
    AddressQuotas(Limits limits, Clock const& clock);
    AddressQuotas(AddressQuotas const&) = delete;
    AddressQuotas& operator=(AddressQuotas const&) = delete;

    /// For a socket just accepted.
    ConnectionSlot connect(AddressKey key);
    /// Whether the key given to `connect` matters.
    bool by_address() const noexcept { return by_address_; }
    /// Forgets addresses that hold nothing any more; the control thread calls it regularly.
    void sweep();

    std::size_t connections() const noexcept { return open_.load(std::memory_order_relaxed); }
    /// How many addresses are remembered.
    std::size_t addresses() const;

private:
    friend class ConnectionSlot;
    friend class SessionSlot;

    struct Holding {
        std::size_t connections{0};
        std::size_t sessions{0};
        TokenBucket requests;
        PeerTime kept_until{PeerTime::min()};
        bool listed{false};  ///< in `emptied`

        bool empty() const noexcept { return connections == 0 && sessions == 0; }
        bool forgettable(Clock const& clock) const noexcept;
    };
    using Count = std::size_t Holding::*;
    struct KeyHash {
        std::uint64_t seed;  ///< random, or clients could choose addresses that collide
        std::size_t operator()(AddressKey const& key) const noexcept;
    };
    struct Emptied {
        PeerTime look_at;
        AddressKey key;
    };
    struct alignas(64) Stripe {
        mutable std::mutex mutex;
        std::unordered_map<AddressKey, Holding, KeyHash> holdings;
        std::deque<Emptied> emptied;  ///< an address once at most, in the order of `look_at`
    };
    static constexpr std::size_t kStripes = 64;

    Stripe& stripe(AddressKey key) noexcept { return stripes_[hash_(key) % kStripes]; }
    /// Counts one more in `count` for the address; false at `limit`.
    bool add(AddressKey key, Count count, std::size_t limit);
    void subtract(AddressKey key, Count count) noexcept;
    bool count_request(AddressKey key, SteadyTime since);
    void disconnect(AddressKey key, bool served) noexcept;
    ConnectionSlot refuse(bool by_address);

    Limits const limits_;
    Clock const& clock_;
    bool const by_address_;
    KeyHash const hash_;
    std::atomic<std::size_t> open_{0};      ///< served
    std::atomic<std::size_t> refusing_{0};  ///< past a limit, and still to be answered
    std::array<Stripe, kStripes> stripes_;
};

}  // namespace tickcast
