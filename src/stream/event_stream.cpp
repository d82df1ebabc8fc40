#include "stream/event_stream.hpp"

#include "tickcast/protocol/event_text.hpp"
#include "tickcast/transport/peer_watch.hpp"

namespace tickcast {

EventStream::EventStream(StreamShard& host, HandedSocket handed, StreamTicket ticket)
    : StreamConnection(Transport::sse, host, std::move(handed), std::move(ticket)),
      id_(event_id(session_.str(), generation_)) {
    watch_peer(layer_.tcp().native_handle(), host.context().settings);
}

void EventStream::start(std::string_view head) {
    opened(head);
    read();
}

void EventStream::begin_message(FrameArena& arena, MessageType type) noexcept {
    event_begin_ = arena.used();
    // With the first of all events: a block of its own would have no data (CONTRACT SSE-5, SSE-6).
    if (!snapshot_begun()) append_retry_line(host_.retry_ms(), arena);
    begin_event(id_, name(type), arena);
}

FrameArena::Frame EventStream::end_message(FrameArena& arena) noexcept {
    arena.append(kEventEnd);
    return arena.end_plain(event_begin_);
}

void EventStream::append_message(MessageType type, std::string_view json,
                                 std::string& frames) const {
    begin_event(id_, name(type), frames);
    frames.append(json).append(kEventEnd);
}

/// An EventSource comes back by itself, and then keeps to the spread of a drain.
void EventStream::append_retry(std::uint32_t ms, std::string& frames) const {
    append_retry_line(ms, frames);
}

/// The reads go on until the peer's FIN: closing earlier would send a RST, which may overtake the
/// goodbye in a slow peer's queue. The close deadline bounds it. The stream itself has ended once
/// our FIN is out: a peer has nothing to say to it.
void EventStream::end_output(CloseCode) {
    layer_.finish_output();
}

CloseCode EventStream::how_peer_ended() const noexcept {
    return left_ ? CloseCode::normal : CloseCode::lost;
}

void EventStream::read() {
    layer_.async_read_some(
        asio::buffer(host_.discarded()),
        [self = boost::intrusive_ptr{this}](SystemError error, std::size_t size) {
            self->received(error, size);
        });
}

void EventStream::received(SystemError error, std::size_t size) noexcept {
    if (finished_) return;
    if (error) {
        left_ = error == asio::error::eof;
        return broken(error);
    }
    auto const most = host_.context().settings.max_message_bytes;
    received_ += size;
    if (received_ > most && !closing_) {
        host_.metrics().limit_hit(Limit::max_message_bytes);
        close(CloseCode::policy);
        if (finished_) return;
    }
    read();
}

}  // namespace tickcast
