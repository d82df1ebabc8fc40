// A stream of Server-Sent Events: the body of an HTTP answer, which ends with the connection.
// Nothing can be asked upstream, so what comes from the client is only counted.
// Bounds: --max-message-bytes of that in all; --peer-timeout-seconds, by TCP.
#pragma once

#include "stream/message_encoding.hpp"
#include "stream/stream_connection.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tickcast {

class EventStream final : public StreamConnection {
public:
    EventStream(StreamShard& host, HandedSocket handed, StreamTicket ticket);

    /// `head`: of the answer, as sent.
    void start(std::string_view head);

private:
    void end_output(CloseCode code) override;
    PeerTime silent_at() const noexcept override { return PeerTime::max(); }
    CloseCode how_peer_ended() const noexcept override;
    void heard_from_peer() noexcept override {}

    void read();
    void received(SystemError error, std::size_t size) noexcept;

    bool left_{false};           ///< the peer ended the connection
    std::uint32_t received_{0};  ///< bytes behind the request
    EventEncoding const encoding_;
};

}  // namespace tickcast
