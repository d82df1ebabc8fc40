#include "stream/event_stream.hpp"

#include "tickcast/protocol/event_text.hpp"
#include "tickcast/transport/peer_watch.hpp"

namespace tickcast {

EventStream::EventStream(ShardStreams& host, HandedSocket handed, StreamTicket ticket)
    : StreamConnection(Transport::sse, host, std::move(handed), std::move(ticket), framing_),
      framing_(event_id(session_.str(), generation())) {
    watch_peer(layer_.tcp().native_handle(), host.context().settings);
}

void EventStream::start(std::string_view head) {
    opened(head);
    read();
}

/// The reads go on until the peer's FIN. An earlier close would send a RST, which could overtake
/// the goodbye in a slow peer's queue. The close deadline bounds these reads. The stream itself has
/// ended once our FIN is out: the peer does not answer it.
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
    if (life_.is_finished()) return;
    if (error) {
        left_ = error == asio::error::eof;
        return broken(error);
    }
    auto const most = host_.context().settings.max_message_bytes;
    // It can overflow only after far more than `most` bytes, when the stream no longer is open.
    received_ += static_cast<std::uint32_t>(size);
    if (received_ > most && life_.is_open()) {
        host_.metrics().limit_hit(Limit::max_message_bytes);
        close(CloseCode::policy);
        if (life_.is_finished()) return;
    }
    read();
}

}  // namespace tickcast
