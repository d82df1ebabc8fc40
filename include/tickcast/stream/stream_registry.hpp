// The streams of a shard by their numbers, and their drain. A stream is live, or it has ended and
// its socket lingers. Owner: the ShardStreams, on its thread. Bounds: --max-connections; each
// socket that lingers has a close deadline of its own.
#pragma once

#include "tickcast/base/clock.hpp"
#include "tickcast/session/session_map.hpp"
#include "tickcast/stream/drain_schedule.hpp"

#include <boost/smart_ptr/intrusive_ptr.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <random>
#include <unordered_map>
#include <utility>

namespace tickcast {

class StreamConnection;

class StreamRegistry {
public:
    using Stream = boost::intrusive_ptr<StreamConnection>;

    StreamRegistry();
    ~StreamRegistry();

    /// A new number for a stream. No number is used twice.
    std::uint64_t next_number() noexcept { return next_number_++; }
    void add(std::uint64_t number, Stream stream);
    /// The stream of this reference, if it still lives and its session was not taken over.
    Stream find(StreamRef const& stream) const;
    bool is_draining() const noexcept { return draining_; }

    /// The stream has ended; its socket may linger until `closed`.
    void ended(std::uint64_t number, SteadyTime now);
    void closed(std::uint64_t number, SteadyTime now);

    /// Closes all streams with 1001, evenly over the time `over`. Calls `done` once the last stream
    /// has ended and the sockets that linger have had kLingerAtEnd.
    void drain(Duration over, SteadyTime now, std::minstd_rand& random, std::function<void()> done);
    /// Once per coarse tick: closes the streams of a drain that must be closed by now.
    void tick(SteadyTime now);
    /// Closes all connections that are left, without a closing handshake.
    void reset_all();
    /// Calls `visit(stream)` for each live stream. No stream must end within `visit`.
    template <class Visit>
    void for_each(Visit&& visit) const {
        for (auto const& [number, stream] : live_)
            visit(*stream);
    }

private:
    using Streams = std::unordered_map<std::uint64_t, Stream>;

    void close_due(SteadyTime now);
    void stop_lingering();
    void look_whether_drained(SteadyTime now);

    std::uint64_t next_number_{1};
    Streams live_;
    Streams lingering_;

    bool draining_{false};
    DrainSchedule to_close_;
    std::function<void()> all_closed_;         ///< set until all streams have ended
    std::optional<SteadyTime> lingers_until_;  ///< set once all streams have ended
};

}  // namespace tickcast
