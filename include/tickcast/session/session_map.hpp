// All sessions of the process, sharded by ID into stripes, each a mutex and a hash map of small
// records by value. Shared: any thread; every call is one short critical section under one stripe,
// never across I/O, never on the tick path. Expiry: `sweep` (control thread), and at once at a
// look-up; pending and detached in the peers' time, the age by the clock. Bounds: --max-sessions,
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

/// Which connection streams a session: enough to reach it by a message to its shard.
struct StreamRef {
    std::uint32_t shard{0};
    std::uint64_t connection{0};  ///< the shard's connection number, never reused
    std::uint64_t generation{0};  ///< +1 a claim of the session

    friend bool operator==(StreamRef const&, StreamRef const&) = default;
};

/// What a session's answers need, by value.
struct SessionView {
    SessionId id{};
    TickerHold tickers{};
    std::uint32_t throttle_ms{0};
    SessionState state{SessionState::pending};
    std::int64_t expires_at_us{0};      ///< Unix epoch; 0 while streaming
    std::optional<StreamRef> stream{};  ///< while streaming
};

/// What a PATCH or a stream's message changes. Removal comes before adding (CONTRACT API-20).
struct SessionChange {
    std::vector<TickerId> remove{};  ///< what is not there is no error
    TickerHold add{};                ///< what is there already is no error
    std::optional<std::uint32_t> throttle_ms{};
    /// Only if this is still the newest claim's; any otherwise.
    std::optional<std::uint64_t> generation{};
};

struct Claim {
    TickerHold tickers{};
    std::uint32_t throttle_ms{0};
    std::uint64_t generation{0};
    SteadyTime too_old_at{SteadyTime::max()};  ///< --max-session-age-seconds
    std::optional<StreamRef> displaced{};      ///< to be told 4001
};

struct SessionCounts {
    std::array<std::uint64_t, kSessionStates> by_state{};
    std::uint64_t created{0};
    std::array<std::uint64_t, kSessionEnds> ended{};
};

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

    /// A new pending session; `at_capacity` at --max-sessions. The slot is given back when the
    /// session ends, however it does.
    Result<SessionView> create(TickerHold tickers, std::uint32_t throttle_ms,
                               SessionSlot slot = {});
    std::optional<SessionView> get(SessionId const& id) const;
    bool contains(SessionId const& id) const;
    /// All or nothing: `no_such_session`, or `too_many_tickers` where the result has more than
    /// max_tickers. The view's stream, if any, is to be told.
    Result<SessionView> change(SessionId const& id, SessionChange change);
    /// Makes `shard`/`connection` the one that streams the session; nothing if there is no such
    /// session, or if it comes back for a claim (`continues`) that is `displaced`.
    std::optional<Claim> claim(SessionId const& id, std::uint32_t shard, std::uint64_t connection,
                               std::optional<std::uint64_t> continues = {});
    /// Whether someone else has taken over since the claim of this generation: who comes back for
    /// it would only take the session away again. A claim that itself continues an earlier one is
    /// no take-over, so a client may name any generation of its own: it may not have heard of the
    /// newest. False where there is no such session.
    bool displaced(SessionId const& id, std::uint64_t generation) const;
    /// The stream ended and its session waits for another: detached. Only if `generation` is still
    /// the newest claim's, so that a late release cannot undo a take-over. True if it did.
    bool release(SessionId const& id, std::uint64_t generation);
    /// The stream ended and takes its session with it (policy, too_old). Generation as above.
    bool end(SessionId const& id, std::uint64_t generation, SessionEnd why);
    /// Result of a removal: found or not, and the stream to be told 4000.
    struct Removal {
        bool found{false};
        std::optional<StreamRef> streaming{};
    };
    Removal remove(SessionId const& id);
    /// Ends what has expired by now, so many at most: true where more may be left for the next
    /// call. Costs what expired, not what lives.
    bool sweep(std::size_t most = std::numeric_limits<std::size_t>::max());

    SessionCounts counts() const;

private:
    struct Record {
        TickerHold tickers;
        SessionSlot slot;
        std::uint32_t throttle_ms{0};
        std::uint32_t shard{0};       ///< meaningful while streaming
        std::uint64_t connection{0};  ///< likewise
        std::uint64_t generation{0};
        std::uint64_t taken_over{0};  ///< the newest generation that continued none before it
        SteadyTime too_old_at{SteadyTime::max()};
        PeerTime expires{};  ///< meaningless while streaming
        /// On the wall, the steady clock's epoch, as it was when the wait began: kept, so that
        /// `expires_at` does not move from one look to the next.
        std::int64_t steady_began_us{0};
        SessionState state{SessionState::pending};

        /// While it streams.
        std::optional<StreamRef> stream() const noexcept {
            if (state != SessionState::streaming) return std::nullopt;
            return StreamRef{.shard = shard, .connection = connection, .generation = generation};
        }
    };
    /// Entries of one kind are in the order of their deadlines, since the wait is the same for all.
    /// One that no longer fits its record (claimed, or detached anew) goes once it is the first;
    /// each lives one wait at most, so there are never more than sessions were created or detached
    /// in that time. A session that is too old meanwhile is not found any more and goes with its
    /// wait's end; one that streams is left to its stream, which knows its age and ends it.
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
    /// Takes one of the max_sessions places; false if there is none.
    bool reserve_session() noexcept;

    // These need the stripe's mutex held.
    /// The session's record; one that has expired is ended on the way and not there.
    Records::iterator find(Stripe& stripe, SessionId const& id) const;
    /// As `find`, but only if `generation` streams it.
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
    // Mutable because a look-up ends what it finds expired: to its caller that was not there
    // before.
    mutable std::array<Stripe, kStripes> stripes_;
    std::atomic<std::size_t> swept_next_{0};  ///< the stripe where the sweep goes on
    mutable std::atomic<std::size_t> size_{0};
};

}  // namespace tickcast
