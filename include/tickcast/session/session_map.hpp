// All sessions of the process, divided by ID into stripes; each stripe is a mutex and a hash map of
// small records by value. Shared: any thread; every call is one short critical section under one
// stripe, never across I/O, never on the path of a tick. Owner: SharedState. Expired sessions are
// ended by `sweep` (control thread), or by a look-up that finds one. Pending and detached sessions
// expire in peer time, the age counts in steady time. Bounds: --max-sessions,
// --max-session-age-seconds.
#pragma once

#include "tickcast/base/clock.hpp"
#include "tickcast/base/result.hpp"
#include "tickcast/model/ticker_table.hpp"
#include "tickcast/protocol/error.hpp"
#include "tickcast/protocol/session_state.hpp"
#include "tickcast/session/address_quotas.hpp"
#include "tickcast/session/session_id.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

namespace tickcast {

/// The stream of a session: enough to reach it by a message to its shard.
struct StreamRef {
    std::uint32_t shard{0};
    std::uint64_t number{0};      ///< the stream's number on the shard, never reused
    std::uint64_t generation{0};  ///< counts the claims of the session, from 1

    friend bool operator==(StreamRef const&, StreamRef const&) = default;
};

/// A session as answers show it, by value.
struct SessionView {
    SessionId id{};
    TickerHold tickers{};
    std::uint32_t throttle_ms{0};
    SessionState state{SessionState::pending};
    std::int64_t expires_at_us{0};      ///< Unix epoch; 0 while streaming
    std::optional<StreamRef> stream{};  ///< while streaming
};

/// A change by a PATCH or by a stream's message. Removal comes before adding (CONTRACT API-20).
struct SessionChange {
    std::vector<TickerId> remove{};  ///< a ticker that the session does not have is no error
    TickerHold add{};                ///< a ticker that it has already is no error
    std::optional<std::uint32_t> throttle_ms{};
    /// If given, the change applies only while this is the newest claim's generation.
    std::optional<std::uint64_t> generation{};
};

struct Claim {
    TickerHold tickers{};
    std::uint32_t throttle_ms{0};
    std::uint64_t generation{0};
    SteadyTime too_old_at{SteadyTime::max()};  ///< --max-session-age-seconds
    std::optional<StreamRef> displaced{};      ///< the caller closes it with 4001
};

struct SessionCounts {
    std::array<std::uint64_t, kSessionStates> by_state{};
    std::uint64_t created{0};
    std::array<std::uint64_t, kSessionEnds> ended{};
};

/// The error for an id that no session has.
Error no_session_error();

class SessionMap {
public:
    struct Config {
        Duration pending{};
        Duration detached{};
        std::size_t max_sessions{200'000};
        std::size_t max_tickers{256};  ///< of one session
        Duration max_age{0};           ///< from its creation; 0 = off
    };

    /// The clock outlives the map.
    SessionMap(Config config, Clock const& clock);

    /// Makes a pending session; `at_capacity` at --max-sessions. The slot is given back when the
    /// session ends, for whatever reason.
    Result<SessionView> create(TickerHold tickers, std::uint32_t throttle_ms,
                               SessionSlot slot = {});
    std::optional<SessionView> get(SessionId const& id) const;
    bool contains(SessionId const& id) const;
    /// All or nothing: `no_such_session`, or `too_many_tickers` where the result would have more
    /// than max_tickers. The caller notifies the view's stream, if there is one.
    Result<SessionView> change(SessionId const& id, SessionChange change);
    /// Makes the stream of this `number` on `shard` the session's stream. Nothing if there is no
    /// such session, or if the client continues a claim (`continues`) that is `displaced`.
    std::optional<Claim> claim(SessionId const& id, std::uint32_t shard, std::uint64_t number,
                               std::optional<std::uint64_t> continues = {});
    /// Whether another client has taken the session over since the claim of this generation: a
    /// client that comes back with it would only take the session away again. A claim that itself
    /// continues an earlier one is no take-over, so a client may name any generation of its own: it
    /// might not know the newest one. False where there is no such session.
    bool displaced(SessionId const& id, std::uint64_t generation) const;
    /// The stream ended and its session waits for another stream: detached. Only if `generation` is
    /// still the newest claim's, so that a late release cannot undo a take-over. True if the
    /// session is detached now.
    bool release(SessionId const& id, std::uint64_t generation);
    /// The stream ended and its session ends with it (policy, too_old). `generation` as above.
    bool end(SessionId const& id, std::uint64_t generation, SessionEnd why);
    /// The result of a removal: whether the session was found, and the stream that the caller
    /// closes with 4000.
    struct Removal {
        bool found{false};
        std::optional<StreamRef> streaming{};
    };
    Removal remove(SessionId const& id);
    /// Ends sessions that have expired by now, `most` at most; true where more may be left for the
    /// next call. The cost grows with the expired sessions, not with the living ones.
    bool sweep(std::size_t most = std::numeric_limits<std::size_t>::max());

    SessionCounts counts() const;

private:
    struct Record {
        TickerHold tickers;
        SessionSlot slot;
        std::uint32_t throttle_ms{0};
        std::uint32_t shard{0};          ///< meaningful while streaming
        std::uint64_t stream_number{0};  ///< likewise
        std::uint64_t generation{0};
        std::uint64_t taken_over{0};  ///< the newest generation that continued no earlier one
        SteadyTime too_old_at{SteadyTime::max()};
        PeerTime expires{};  ///< meaningless while streaming
        /// The wall time of the steady clock's epoch, as it was when the wait began. It is kept so
        /// that `expires_at` is the same at each look-up.
        std::int64_t steady_began_us{0};
        SessionState state{SessionState::pending};

        /// Nothing unless the session is streaming.
        std::optional<StreamRef> stream() const noexcept {
            if (state != SessionState::streaming) return std::nullopt;
            return StreamRef{.shard = shard, .number = stream_number, .generation = generation};
        }
    };
    /// When a waiting session expires. The entries of one kind are in the order of their deadlines,
    /// since the wait is the same for all. An entry that no longer fits its record (the session was
    /// claimed, or detached again) is dropped once it is the first. Each entry lives one wait at
    /// most, so there are never more entries than sessions were created or detached in that time. A
    /// session that becomes too old while it waits is not found any more, and is erased when its
    /// wait ends. A streaming session is left to its stream, which knows the age limit and ends it.
    struct Expiry {
        PeerTime deadline;
        SessionId id;
    };
    struct alignas(64) Stripe {
        mutable std::mutex mutex;
        std::unordered_map<SessionId, Record> records;
        std::deque<Expiry> pending;
        std::deque<Expiry> detached;
        SessionCounts counts;
    };
    static constexpr std::size_t kStripes = 64;

    using Records = std::unordered_map<SessionId, Record>;

    Stripe& stripe(SessionId const& id) const noexcept { return stripes_[id.hash() % kStripes]; }
    /// Counts one more session; false at max_sessions.
    bool reserve_session() noexcept;

    // The caller of these holds the stripe's mutex.
    /// The session's record. An expired session is ended here and not found.
    Records::iterator find(Stripe& stripe, SessionId const& id) const;
    /// As `find`, but only if the claim of `generation` streams the session.
    Records::iterator find_streaming(Stripe& stripe, SessionId const& id,
                                     std::uint64_t generation) const;
    SessionView view(SessionId const& id, Record const& record) const;
    std::int64_t expires_at(Record const& record) const noexcept;
    void erase(Stripe& stripe, Records::iterator it, SessionEnd why) const noexcept;
    void wait_for_stream(SessionId const& id, Record& record, Duration wait,
                         std::deque<Expiry>& expiries) const;
    /// `left`: how many may still be ended.
    void sweep(Stripe& stripe, std::deque<Expiry>& expiries, std::size_t& left) const;
    bool has_expired(Record const& record) const noexcept;
    SessionEnd expiry_of(Record const& record) const noexcept;
    static void change_state(Stripe& stripe, Record& record, SessionState to) noexcept;

    Config const config_;
    Clock const& clock_;
    // Mutable because a look-up ends a session that it finds expired: for the caller that session
    // did not exist before either.
    mutable std::array<Stripe, kStripes> stripes_;
    std::atomic<std::size_t> swept_next_{0};  ///< the stripe at which the next sweep starts
    mutable std::atomic<std::size_t> size_{0};
};

}  // namespace tickcast
