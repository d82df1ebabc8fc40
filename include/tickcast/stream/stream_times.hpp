// The times that apply to all streams, from the settings. A value that does not change. Owner: the
// ShardStreams, on its thread.
#pragma once

#include "tickcast/base/clock.hpp"
#include "tickcast/config/settings.hpp"

namespace tickcast {

struct StreamTimes {
    Duration heartbeat{};     ///< --heartbeat-seconds
    Duration ping{};          ///< --ping-seconds
    Duration ping_ahead{};    ///< a ping that is due within this time follows a frame of ticks
    Duration peer_timeout{};  ///< --peer-timeout-seconds
    Duration slow_client{};   ///< --slow-client-seconds

    static StreamTimes from(Settings const& settings) noexcept {
        auto const ping = from_seconds(settings.ping_seconds);
        return {.heartbeat = from_seconds(settings.heartbeat_seconds),
                .ping = ping,
                .ping_ahead = ping / 10,
                .peer_timeout = from_seconds(settings.peer_timeout_seconds),
                .slow_client = from_seconds(settings.slow_client_seconds)};
    }
};

}  // namespace tickcast
