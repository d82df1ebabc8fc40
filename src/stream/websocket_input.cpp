// A WebSocket's input: the client's messages, the limits of their number and size, and what they
// ask for.
#include "stream/websocket_stream.hpp"
#include "tickcast/protocol/client_message.hpp"
#include "tickcast/session/session_tickers.hpp"

#include <algorithm>

namespace tickcast {

/// The read that waits for a message has room for one byte. So a client that sends nothing, like
/// most clients, needs no buffer. The rest of a message is read into a buffer of the message's
/// size.
void WebSocketStream::read() {
    websocket_.async_read_some(asio::buffer(&first_, 1),
                               [stream = self()](SystemError error, std::size_t size) {
                                   stream->message_begun(error, size);
                               });
}

void WebSocketStream::message_begun(SystemError error, std::size_t size) {
    if (life_.is_finished()) return;
    if (error) return finish(how_it_ended());
    if (!life_.is_open()) return;  // the closing handshake reads the rest of this message too
    incoming_ = std::make_unique<boost::beast::flat_buffer>();
    incoming_->commit(asio::buffer_copy(incoming_->prepare(size), asio::buffer(&first_, size)));
    if (websocket_.is_message_done()) return message_read({});
    websocket_.async_read(*incoming_, [stream = self()](SystemError ended, std::size_t) {
        stream->message_read(ended);
    });
}

void WebSocketStream::message_read(SystemError error) {
    reads_of_message_ = 0;
    if (life_.is_finished()) return;
    if (error) return finish(how_it_ended());
    if (!life_.is_open()) return;  // the closing handshake reads by itself
    if (websocket_.got_binary()) return close(CloseCode::unsupported_data);
    // Beast does not check the end of a text whose last fragment is empty.
    if (!is_utf8(message())) return close(CloseCode::bad_payload);
    if (!admit_message()) return flooded();
    requests_.message_read();
    held_input_.held(host_.loop().now());
    answer_requests();
}

/// Counts a message or a control frame; both count alike. False once the client has sent too many.
/// What a client sent while this process did not run, or while an earlier message waited for its
/// turn, arrives all at once, and is no flood.
bool WebSocketStream::admit_message() noexcept {
    if (!message_tokens_) return true;
    auto const now = host_.loop().now();
    auto const since =
        std::min(host_.loop().peer_clock().waiting_since(now), held_input_.waiting_since(now));
    return message_tokens_->spend(now, since);
}

void WebSocketStream::control_frame_read() noexcept {
    // Subtract at most the reads that this control frame itself can have cost, at one byte per
    // read. To subtract more would hide a message that never ends.
    constexpr std::size_t most = 2 + 4 + 125;
    reads_of_message_ -= std::min(reads_of_message_, most);
    if (!life_.is_open() || admit_message()) return;
    flooded_soon();
}

/// Posted, since this runs within Beast's read, which might be about to write a pong: the pong must
/// go before the close frame.
void WebSocketStream::flooded_soon() noexcept {
    asio::post(host_.loop().io(), [stream = self()] { stream->flooded(); });
}

void WebSocketStream::flooded() noexcept {
    if (!is_open()) return;
    host_.metrics().limit_hit(Limit::max_messages_per_second);
    close(CloseCode::policy);
}

std::string_view WebSocketStream::message() const noexcept {
    auto const data = incoming_->cdata();
    return {static_cast<char const*>(data.data()), data.size()};
}

void WebSocketStream::answer_message() {
    requests_.take_message();
    held_input_.released(host_.loop().now());
    obey(message());
    incoming_.reset();
    if (life_.is_open()) read();
}

void WebSocketStream::obey(std::string_view text) {
    auto message = parse_client_message(text);
    if (!message) {
        return reply(MessageType::error,
                     error_json(message.error().op_name, message.error().error));
    }
    SessionPatch patch;
    switch (message->op) {
        case ClientMessage::Op::ping:
            return reply(MessageType::pong,
                         pong_json(message->id_json, host_.context().clock.wall_us()));
        case ClientMessage::Op::subscribe:
            patch.add = std::move(message->tickers);
            break;
        case ClientMessage::Op::unsubscribe:
            patch.remove = std::move(message->tickers);
            break;
        case ClientMessage::Op::throttle:
            patch.throttle_ms = message->throttle_ms;
            break;
    }
    auto const& context = host_.context();
    auto view = change_session(context.sessions, session_, patch, context.ticker_rules(),
                               context.tickers, host_.metrics(), generation());
    if (view) return adopt(*std::move(view));
    // The session was deleted or taken over meanwhile: the command to close this stream is on its
    // way.
    if (view.error().code == ErrorCode::no_such_session) return;
    reply(MessageType::error, error_json(message->op_name, view.error()));
}

/// Only this count stops frames that make no progress, such as empty fragments of a message that
/// never ends.
void WebSocketStream::heard_from_peer() noexcept {
    last_heard_ = host_.loop().coarse_peer_now();
    auto const& settings = host_.context().settings;
    // At worst a frame carries one byte, and a read gets one byte.
    auto const most = 8 * settings.max_message_bytes + 4096;
    if (message_tokens_ && ++reads_of_message_ == most) flooded_soon();
}

}  // namespace tickcast
