// How much one client address may have at a time (connections, sessions) and a second (requests),
// and how many connections the process has. Shared: any thread; one short critical section under
// one of the stripes, never across I/O. Outlives its slots and the SessionMap (which may release
// one under a stripe of its own: this class calls nobody). Bound: an address is forgotten by
// `sweep` a second after it holds nothing any more, in the peers' time; after a pause as much later
// as that was long.
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

/// Whom a quota is for: an IPv4 address, or the /64 of an IPv6 one, which is what one customer or
/// host gets, and within which it may take any address it likes.
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

/// A session's place in its creator's quota; given back by the destructor. One owner at a time.
class SessionSlot {
public:
    SessionSlot() = default;  ///< of no quota
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

/// A socket's place in the quotas, which goes where the socket goes: given back by the destructor.
/// One owner at a time.
class ConnectionSlot {
public:
    ConnectionSlot() = default;  ///< of no quota: nothing is refused
    ConnectionSlot(ConnectionSlot&& other) noexcept;
    ConnectionSlot& operator=(ConnectionSlot&& other) noexcept;
    ~ConnectionSlot() { release(); }

    /// There were too many sockets already: `refusal` is the answer to the first request.
    bool refused() const noexcept { return kind_ == Kind::refused || kind_ == Kind::dropped; }
    /// at_capacity or too_many_connections; nothing if not refused.
    std::optional<Error> refusal() const;
    /// Too many are waiting for such an answer: another one gives way, or this socket is closed
    /// without an answer.
    bool dropped() const noexcept { return kind_ == Kind::dropped; }
    /// Gives up the place of a refused one: it is dropped now.
    void give_way() noexcept;
    /// Gives a dropped one a place all the same. The caller has made one free, or keeps a bound of
    /// its own.
    void insist() noexcept;

    /// One request of this socket's address, which may have waited to be read since then; the
    /// error (rate_limited) if it had too many lately.
    std::optional<Error> take_request(SteadyTime since = SteadyTime::max()) const;
    /// A new session of this socket's address, or too_many_sessions.
    Result<SessionSlot> take_session() const;

private:
    friend class AddressQuotas;
    enum class Kind : std::uint8_t { none, served, refused, dropped };

    void release() noexcept;

    AddressQuotas* quotas_{nullptr};
    AddressKey key_{};
    Kind kind_{Kind::none};
    bool by_address_{false};  ///< refused for too many of its address
};

class AddressQuotas {
public:
    static constexpr std::size_t kMaxRefusing = 256;
    /// Limits of 0 are off, but for max_connections.
    struct Limits {
        std::size_t max_connections{100'000};
        std::size_t max_connections_per_address{0};
        std::size_t max_sessions_per_address{0};
        std::size_t max_requests_per_second_per_address{0};
        /// Sockets past a limit that may be open at a time, to get their answer.
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
    /// Forgets addresses; to be called every now and then.
    void sweep();

    std::size_t connections() const noexcept { return open_.load(std::memory_order_relaxed); }
    /// Addresses that are remembered.
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
        std::uint64_t seed;  ///< or clients could choose addresses that collide
        std::size_t operator()(AddressKey const& key) const noexcept;
    };
    struct Emptied {
        PeerTime look_at;
        AddressKey key;
    };
    struct alignas(64) Stripe {
        mutable std::mutex mutex;
        std::unordered_map<AddressKey, Holding, KeyHash> holdings;
        std::deque<Emptied> emptied;  ///< once an address at most, in the order of `look_at`
    };
    static constexpr std::size_t kStripes = 64;

    Stripe& stripe(AddressKey key) noexcept { return stripes_[hash_(key) % kStripes]; }
    /// One more of `count` for the address; false at `limit`.
    bool take(AddressKey key, Count count, std::size_t limit);
    void give_back(AddressKey key, Count count) noexcept;
    bool take_request(AddressKey key, SteadyTime since);
    void disconnect(AddressKey key, bool served) noexcept;
    ConnectionSlot refuse(bool by_address);

    Limits const limits_;
    Clock const& clock_;
    bool const by_address_;
    KeyHash const hash_;
    std::atomic<std::size_t> open_{0};      ///< served
    std::atomic<std::size_t> refusing_{0};  ///< past a limit, with a place to be answered
    std::array<Stripe, kStripes> stripes_;
};

}  // namespace tickcast
