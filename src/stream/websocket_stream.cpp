#include "stream/websocket_stream.hpp"

#include <boost/beast/websocket/rfc6455.hpp>

namespace tickcast {

namespace websocket = boost::beast::websocket;

WebSocketStream::WebSocketStream(ShardStreams& host, HandedSocket handed, StreamTicket ticket)
    : StreamConnection(Transport::websocket, host, std::move(handed), std::move(ticket),
                       kWebSocketFraming),
      websocket_(layer_),
      last_heard_(host.loop().coarse_peer_now()) {
    auto const& settings = host.context().settings;
    frames_.begin_pings(host.loop().coarse_now() + host.times().ping);
    websocket_.set_option(websocket::stream_base::timeout{websocket::stream_base::none(),
                                                          websocket::stream_base::none(), false});
    websocket_.read_message_max(settings.max_message_bytes);
    if (auto const rate = static_cast<double>(settings.max_messages_per_second); rate > 0) {
        message_tokens_.emplace(rate, 2 * rate);  // CONTRACT OPS-6
        websocket_.control_callback(
            [this](websocket::frame_type, boost::beast::string_view) { control_frame_read(); });
    }
}

void WebSocketStream::start(HttpRequest request) {
    // Each of these fields can be spread over several lines, and Beast reads only the first (RFC
    // 9110 section 5.3).
    request.set(http::field::upgrade, "websocket");
    request.set(http::field::connection, "Upgrade");
    schedule_deadline();
    websocket_.async_accept(request,
                            [stream = self()](SystemError error) { stream->accepted(error); });
}

void WebSocketStream::accepted(SystemError error) {
    if (life_.is_finished()) return;
    if (error) return finish(CloseCode::lost);
    opened();
    read();
    close_if_asked();
}

void WebSocketStream::end_output(CloseCode code) {
    websocket_.async_close(websocket::close_reason{static_cast<std::uint16_t>(code)},
                           [stream = self(), code](SystemError) { stream->finish(code); });
    // A connection that failed does not wait for the peer's close frame (RFC 6455 section 7.1.7).
    // Beast has passed ours to the layer already: it writes nothing else between two messages.
    if (code == CloseCode::bad_payload) layer_.finish_output();
}

CloseCode WebSocketStream::how_peer_ended() const noexcept {
    // Beast keeps the peer's close frame. Beast answers with the code of that frame, or with 1000
    // where the frame has no code.
    auto const* const sent = find_close_code(close_code_sent_);
    bool const answered = sent != nullptr && sent->value == CloseCode::normal;
    if (is_close_code(websocket_.reason().code) || answered) return CloseCode::normal;
    // The code that Beast itself chose, if it chose one.
    return sent != nullptr && sent->by_frames ? sent->value : CloseCode::lost;
}

unsigned WebSocketStream::close_frame_passes(unsigned code) noexcept {
    close_code_sent_ = close_watch_.answer(code);
    bool const too_big = close_code_sent_ == static_cast<unsigned>(CloseCode::too_big);
    if (too_big && !life_.our_code()) host_.metrics().limit_hit(Limit::max_message_bytes);
    return StreamConnection::close_frame_passes(close_code_sent_);
}

void WebSocketStream::bytes_read(std::span<char> bytes) noexcept {
    close_watch_.pass(bytes);
}

PeerTime WebSocketStream::silent_at() const noexcept {
    return last_heard_ + host_.times().peer_timeout;
}

void WebSocketStream::output_progress() noexcept {
    StreamConnection::output_progress();
    // The peer's pongs are not read now.
    if (requests_.message_waits()) last_heard_ = host_.loop().coarse_peer_now();
}

}  // namespace tickcast
