// The streams of a shard by their numbers, those that live and those whose sockets linger, and
// their drain. Owner: the StreamShard, on its thread. Bounds: --max-connections; of those that
// linger each has a close deadline of its own.
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

    /// A number for a stream; it is never reused.
    std::uint64_t next_number() noexcept { return next_number_++; }
    void add(std::uint64_t number, Stream stream);
    /// The one meant, if it still lives and has not been taken over.
    Stream find(StreamRef const& stream) const;
    bool is_draining() const noexcept { return draining_; }

    /// The stream has ended; its socket may linger until `closed`.
    void ended(std::uint64_t number, SteadyTime now);
    void closed(std::uint64_t number, SteadyTime now);

    /// Closes all streams with 1001, evenly over that time; `done` is called once the last has
    /// ended, and sockets that linger were given kLingerAtEnd.
    void drain(Duration over, SteadyTime now, std::minstd_rand& random, std::function<void()> done);
    /// Once a coarse tick: closes those whose turn it is in a drain.
    void tick(SteadyTime now);
    /// Cuts what is left, without a closing handshake.
    void reset_all();
    /// `visit(stream)` for each that lives; none may end within.
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
    std::function<void()> all_closed_;         ///< set until all are
    std::optional<SteadyTime> lingers_until_;  ///< all streams have ended
};

}  // namespace tickcast
