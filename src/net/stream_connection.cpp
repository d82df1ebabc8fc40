#include "tickcast/net/stream_connection.hpp"

#include "tickcast/base/check.hpp"

#include <algorithm>
#include <netinet/tcp.h>

namespace tickcast {

namespace websocket = boost::beast::websocket;

namespace {

/// What is not sent yet should still be here, where something newer can take its place.
constexpr int kNotSentLowWater = 16 * 1024;

}  // namespace

StreamConnection::StreamConnection(StreamShard& host, TcpSocket socket, std::string read_ahead,
                                   SessionId session, Claim claim, std::uint64_t number)
    : host_(host),
      session_(session),
      generation_(claim.generation),
      number_(number),
      throttle_(std::chrono::milliseconds{claim.throttle_ms}),
      tickers_(std::move(claim.tickers)),
      websocket_(std::move(socket), std::move(read_ahead), static_cast<OutputOwner&>(*this)),
      last_heard_(host.shard().coarse_now()),
      last_sent_(last_heard_),
      next_ping_(last_heard_ + from_seconds(host.context().settings.ping_seconds)),
      deadline_(
          [](void* self, SteadyTime now) noexcept {
              static_cast<StreamConnection*>(self)->on_deadline(now);
          },
          this),
      throttle_timer_(
          [](void* self, SteadyTime) noexcept {
              auto* connection = static_cast<StreamConnection*>(self);
              connection->host_.hub().release(*connection);
          },
          this) {
    SystemError ignored;  // a socket that is gone already fails its first read
    auto& tcp = layer().socket();
    tcp.set_option(asio::ip::tcp::no_delay{true}, ignored);
    tcp.set_option(asio::socket_base::send_buffer_size{static_cast<int>(
                       host.context().settings.stream_send_buffer_bytes)},
                   ignored);
    ::setsockopt(tcp.native_handle(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &kNotSentLowWater,
                 sizeof kNotSentLowWater);
    tcp.non_blocking(true, ignored);
    websocket_.set_option(websocket::stream_base::timeout{websocket::stream_base::none(),
                                                          websocket::stream_base::none(), false});
    websocket_.read_message_max(host.context().settings.max_message_bytes);
    host_.metrics().connections.add(1);
}

StreamConnection::~StreamConnection() {
    TICKCAST_CHECK(finished_, "a stream ends by its clean-up");
}

void StreamConnection::start(HttpRequest const& request) {
    schedule_deadline();
    websocket_.async_accept(
        request, [self = shared_from_this()](SystemError error) { self->accepted(error); });
}

void StreamConnection::accepted(SystemError error) {
    if (finished_) return;
    if (error) return finish(CloseCode::lost);
    streaming_ = true;
    layer().open_for_data();
    host_.hub().subscribe(*this, tickers_.ids());
    schedule_deadline();  // from here on with pings and heartbeats
    read();
    if (closing_) {  // told to while the handshake went on
        auto const code = *closing_;
        closing_.reset();
        close(code);
    }
}

void StreamConnection::read() {
    websocket_.async_read(incoming_, [self = shared_from_this()](SystemError error, std::size_t) {
        self->message_read(error);
    });
}

void StreamConnection::message_read(SystemError error) {
    if (finished_) return;
    if (error) return finish(how_it_ended());
    if (websocket_.got_binary()) close(CloseCode::unsupported_data);
    incoming_.consume(incoming_.size());
    if (incoming_.capacity() > 4096) incoming_.shrink_to_fit();
    if (!closing_) read();  // the closing handshake reads by itself
}

/// As intended by the side that began it; how the sockets went down does not matter.
CloseCode StreamConnection::how_it_ended() const noexcept {
    if (closing_) return *closing_;
    // Beast keeps the peer's close frame; it echoes its code, or 1000 where that has none.
    if (websocket_.reason().code != websocket::close_code::none || close_code_sent_ == 1000) {
        return CloseCode::normal;
    }
    switch (close_code_sent_) {  // Beast's own verdict, if any
        case 1002:
            return CloseCode::protocol_error;
        case 1007:
            return CloseCode::bad_payload;
        case 1009:
            return CloseCode::too_big;
        default:
            return CloseCode::lost;
    }
}

void StreamConnection::close(CloseCode code) noexcept {
    // Where a close frame has passed, the peer or Beast was quicker.
    if (finished_ || closing_ || layer().closing()) return;
    closing_ = code;
    close_deadline_ = std::min(close_deadline_, host_.shard().coarse_now() + kCloseTime);
    schedule_deadline();
    if (!streaming_) return;  // `accepted` closes once the handshake is over
    host_.hub().unsubscribe(*this);
    throttle_timer_.cancel();
    websocket_.async_close(websocket::close_reason{static_cast<std::uint16_t>(code)},
                           [self = shared_from_this(), code](SystemError) {
                               if (!self->finished_) self->finish(code);
                           });
}

void StreamConnection::close_frame_passed(unsigned code) noexcept {
    close_code_sent_ = code;
    host_.hub().unsubscribe(*this);
    throttle_timer_.cancel();
    if (close_deadline_ == SteadyTime::max()) {
        close_deadline_ = host_.shard().coarse_now() + kCloseTime;
        schedule_deadline();
    }
}

void StreamConnection::reset() noexcept {
    layer().close(true);
    finish(how_it_ended());
}

void StreamConnection::finish(CloseCode code) noexcept {
    if (std::exchange(finished_, true)) return;
    deadline_.cancel();
    throttle_timer_.cancel();
    host_.hub().unsubscribe(*this);
    host_.metrics().ticks_abandoned.add(in_flight_.size());
    in_flight_.clear();
    layer().close(false);
    // Does nothing to a session that was taken over or deleted.
    host_.context().sessions.release(session_, generation_);
    host_.metrics().connections.add(-1);
    host_.metrics().stream_closed(code);
    host_.ended(number_);
}

void StreamConnection::heard_from_peer() noexcept {
    last_heard_ = host_.shard().coarse_now();
}

void StreamConnection::schedule_deadline() noexcept {
    auto const& settings = host_.context().settings;
    auto next =
        std::min(last_heard_ + from_seconds(settings.peer_timeout_seconds), close_deadline_);
    if (streaming_ && !layer().closing()) {
        if (!ping_due_) next = std::min(next, next_ping_);
        if (!heartbeat_due_) {
            next = std::min(next, last_sent_ + from_seconds(settings.heartbeat_seconds));
        }
    }
    host_.shard().wheel().schedule(deadline_, next);
}

void StreamConnection::on_deadline(SteadyTime now) noexcept {
    auto const self = shared_from_this();
    auto const& settings = host_.context().settings;
    auto const silent = now - last_heard_ >= from_seconds(settings.peer_timeout_seconds);
    if (now >= close_deadline_ || silent) return reset();
    if (streaming_ && !layer().closing()) {
        if (now >= next_ping_) ping_due_ = true;
        if (now - last_sent_ >= from_seconds(settings.heartbeat_seconds)) heartbeat_due_ = true;
        queue_if_due();
    }
    schedule_deadline();
}

void StreamConnection::feed_state_changed() noexcept {
    auto const snapshot_begun = snapshot_sent_ || unfinished_size_ != 0;
    if (!snapshot_begun || closing_) return;  // the snapshot will tell
    status_due_ = true;
    queue_if_due();
}

void StreamConnection::queue_if_due() noexcept {
    if (closing_ || !streaming_ || layer().closing()) return;
    if (status_due_ || heartbeat_due_ || ping_due_) host_.hub().enqueue(*this);
}

}  // namespace tickcast
