// A stream over a WebSocket: its handshake, its frames, and its client's messages. Owner: as
// StreamConnection's, on the shard's thread. Bounds: --max-message-bytes,
// --max-messages-per-second, --peer-timeout-seconds.
#pragma once

#include "stream/close_watch.hpp"
#include "stream/held_input.hpp"
#include "stream/stream_connection.hpp"
#include "tickcast/base/token_bucket.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace tickcast {

class WebSocketStream final : public StreamConnection {
public:
    WebSocketStream(ShardStreams& host, HandedSocket handed, StreamTicket ticket);

    void start(HttpRequest request);

private:
    void end_output(CloseCode code) override;
    PeerTime silent_at() const noexcept override;
    void answer_message() override;
    CloseCode how_peer_ended() const noexcept override;
    void output_progress() noexcept override;
    unsigned close_frame_passes(unsigned code) noexcept override;
    void bytes_read(std::span<char> bytes) noexcept override;
    void heard_from_peer() noexcept override;

    boost::intrusive_ptr<WebSocketStream> self() noexcept { return this; }
    void accepted(SystemError error);
    void read();
    void message_begun(SystemError error, std::size_t size);
    void message_read(SystemError error);
    bool admit_message() noexcept;
    std::string_view message() const noexcept;
    void control_frame_read() noexcept;
    void flooded() noexcept;
    void flooded_soon() noexcept;
    void obey(std::string_view text);

    char first_{0};                ///< the first byte of a message, on its way into `incoming_`
    unsigned close_code_sent_{0};  ///< in the close frame that passed, ours or Beast's
    CloseWatch close_watch_;
    boost::beast::websocket::stream<OrderedLayer&, false> websocket_;
    std::unique_ptr<boost::beast::flat_buffer> incoming_;  ///< a message, from its first byte on
    std::optional<TokenBucket> message_tokens_;            ///< --max-messages-per-second
    HeldInput held_input_;                                 ///< while a message waits
    std::size_t reads_of_message_{0};  ///< reads of the socket since a message ended
    PeerTime last_heard_;
};

}  // namespace tickcast
