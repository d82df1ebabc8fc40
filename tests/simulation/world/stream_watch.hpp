// What a client may expect of its stream as time goes by: heartbeats, pings, the throttle, fresh
// ticks, its end by age. Holds only for a client that has always read eagerly; see `excused`. One
// for each stream. Throws Broken.
#pragma once

#include "simulation/world/stream_check.hpp"
#include "simulation/world/world.hpp"

#include <cstdint>
#include <string>

namespace tickcast::simulation {

class StreamWatch {
public:
    StreamWatch(World const& world, StreamCheck const& check, Path const& path);

    /// The stream begins. `throttle_ms` is the session's, -1 where the client can't know it.
    void begin(std::int64_t throttle_ms);
    /// Bytes were read; `check` has them.
    void read();
    /// The client does, or did, what takes these promises away.
    void excuse() noexcept { excused_ = true; }
    bool excused() const noexcept { return excused_; }
    /// Every now and then.
    void look() const;
    /// The longest that the client took no byte, but for the time in which the server stood still.
    Nanos longest_gap() const;
    /// -1: not known.
    std::int64_t throttle_ms() const noexcept { return throttle_ms_; }
    /// The client asks for another throttle.
    void throttle_changes() noexcept { throttle_ms_ = -1; }

private:
    void check_pace();
    void look_for_ticks() const;
    Nanos now() const noexcept;

    World const& world_;
    StreamCheck const& check_;
    Path const path_;
    bool excused_{false};
    std::int64_t throttle_ms_{-1};
    Nanos last_read_at_{0};
    Nanos last_ping_at_{0};
    std::size_t pings_{0};
    Nanos last_message_at_{0};
    Nanos last_snapshot_at_{0};
    std::size_t snapshots_{0};
    std::uint64_t messages_{0};
    Nanos longest_gap_{0};
    /// Since when that throttle has held, as far as the client knows, and the frames before.
    struct Pace {
        std::int64_t throttle_ms{-1};
        std::size_t subscribed{0};
        Nanos since{0};
        std::uint64_t frames{0};
    } pace_;
};

}  // namespace tickcast::simulation
