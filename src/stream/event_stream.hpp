// A stream of Server-Sent Events: the body of an HTTP answer that ends with the connection. A
// client can ask for nothing over it, so the bytes that the client sends are only counted. Owner:
// as StreamConnection's, on the shard's thread. Bounds: --max-message-bytes for all bytes of the
// client together; --peer-timeout-seconds, by TCP.
#pragma once

#include "stream/message_framing.hpp"
#include "stream/stream_connection.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tickcast {

class EventStream final : public StreamConnection {
public:
    EventStream(ShardStreams& host, HandedSocket handed, StreamTicket ticket);

    /// `head`: the head of the answer, as it is sent.
    void start(std::string_view head);

private:
    void end_output(CloseCode code) override;
    PeerTime silent_at() const noexcept override { return PeerTime::max(); }
    CloseCode how_peer_ended() const noexcept override;
    void heard_from_peer() noexcept override {}

    void read();
    void received(SystemError error, std::size_t size) noexcept;

    bool left_{false};           ///< the peer ended the connection
    std::uint32_t received_{0};  ///< bytes that came after the request
    EventFraming const framing_;
};

}  // namespace tickcast
