#include "stream/websocket_stream.hpp"

#include "tickcast/stream/ws_frame.hpp"

#include <boost/beast/websocket/rfc6455.hpp>

namespace tickcast {

namespace websocket = boost::beast::websocket;

WebSocketStream::WebSocketStream(StreamShard& host, HandedSocket handed, StreamTicket ticket)
    : StreamConnection(Transport::websocket, host, std::move(handed), std::move(ticket)),
      websocket_(layer_),
      last_heard_(host.shard().coarse_peer_now()) {
    auto const& settings = host.context().settings;
    next_ping_ = host.shard().coarse_now() + from_seconds(settings.ping_seconds);
    websocket_.set_option(websocket::stream_base::timeout{websocket::stream_base::none(),
                                                          websocket::stream_base::none(), false});
    websocket_.read_message_max(settings.max_message_bytes);
    if (auto const rate = static_cast<double>(settings.max_messages_per_second); rate > 0) {
        messages_.emplace(rate, 2 * rate);  // CONTRACT OPS-6
        websocket_.control_callback(
            [this](websocket::frame_type, boost::beast::string_view) { control_frame_read(); });
    }
}

void WebSocketStream::start(HttpRequest request) {
    // Both may be spread over several lines, of which Beast reads the first (RFC 9110 section 5.3).
    request.set(http::field::upgrade, "websocket");
    request.set(http::field::connection, "Upgrade");
    schedule_deadline();
    websocket_.async_accept(request,
                            [stream = self()](SystemError error) { stream->accepted(error); });
}

void WebSocketStream::accepted(SystemError error) {
    if (finished_) return;
    if (error) return finish(CloseCode::lost);
    opened();
    read();
    if (closing_) {  // told to while the handshake went on
        auto const code = *closing_;
        closing_.reset();
        close(code);
    }
}

void WebSocketStream::begin_message(FrameArena& arena, MessageType) noexcept {
    arena.begin();
}

FrameArena::Frame WebSocketStream::end_message(FrameArena& arena) noexcept {
    return arena.end(WsOpcode::text);
}

std::string_view WebSocketStream::ping_frame() const noexcept {
    static constexpr char kPing[]{static_cast<char>(0x89), 0};  // final, no payload
    return {kPing, sizeof kPing};
}

void WebSocketStream::append_message(MessageType, std::string_view json,
                                     std::string& frames) const {
    append_text_frame(json, frames);
}

void WebSocketStream::end_output(CloseCode code) {
    websocket_.async_close(websocket::close_reason{static_cast<std::uint16_t>(code)},
                           [stream = self(), code](SystemError) {
                               if (!stream->finished_) stream->finish(code);
                           });
}

CloseCode WebSocketStream::how_peer_ended() const noexcept {
    // Beast keeps the peer's close frame; it echoes its code, or 1000 where that has none.
    auto const* const sent = find_close_code(close_code_sent_);
    bool const answered = sent != nullptr && sent->value == CloseCode::normal;
    if (is_close_code(websocket_.reason().code) || answered) return CloseCode::normal;
    // Beast's own verdict, if any.
    return sent != nullptr && sent->by_frames ? sent->value : CloseCode::lost;
}

unsigned WebSocketStream::close_frame_passes(unsigned code) noexcept {
    close_code_sent_ = close_watch_.answer(code);
    bool const too_big = code == static_cast<unsigned>(CloseCode::too_big);
    if (too_big && !closing_) host_.metrics().limit_hit(Limit::max_message_bytes);
    return StreamConnection::close_frame_passes(close_code_sent_);
}

void WebSocketStream::bytes_read(std::span<char> bytes) noexcept {
    close_watch_.pass(bytes);
}

PeerTime WebSocketStream::silent_at() const noexcept {
    return last_heard_ + from_seconds(host_.context().settings.peer_timeout_seconds);
}

void WebSocketStream::output_progress() noexcept {
    StreamConnection::output_progress();
    // Its pongs are not read now.
    if (message_waits_) last_heard_ = host_.shard().coarse_peer_now();
}

}  // namespace tickcast
