// A stream of Server-Sent Events: the body of an HTTP answer, which ends with the connection.
// Nothing can be asked upstream, so what comes from the client is only counted.
// Bounds: --max-message-bytes of that in all; --peer-timeout-seconds, by TCP.
#pragma once

#include "tickcast/stream/stream_connection.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace tickcast {

class EventStream final : public StreamConnection {
public:
    EventStream(StreamShard& host, HandedSocket handed, StreamTicket ticket);

    /// `head`: of the answer, as sent.
    void start(std::string_view head);

private:
    void begin_message(FrameArena& arena, MessageType type) noexcept override;
    FrameArena::Frame end_message(FrameArena& arena) noexcept override;
    void append_message(MessageType type, std::string_view json,
                        std::string& frames) const override;
    void append_retry(std::uint32_t ms, std::string& frames) const override;
    void end_output(CloseCode code) override;
    PeerTime silent_at() const noexcept override { return PeerTime::max(); }
    CloseCode how_peer_ended() const noexcept override;
    void heard_from_peer() noexcept override {}

    void read();
    void received(SystemError error, std::size_t size) noexcept;

    bool left_{false};      ///< the peer ended the connection
    std::string const id_;  ///< of every event
    std::size_t event_begin_{0};
    std::size_t received_{0};  ///< bytes behind the request
};

}  // namespace tickcast
