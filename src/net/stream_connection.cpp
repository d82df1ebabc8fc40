#include "tickcast/net/stream_connection.hpp"

#include "net/goodbye.hpp"
#include "tickcast/base/check.hpp"

#include <algorithm>
#include <netinet/tcp.h>

namespace tickcast {

namespace websocket = boost::beast::websocket;

namespace {

/// What is not sent yet should still be here, where something newer can take its place.
constexpr int kNotSentLowWater = 16 * 1024;

}  // namespace

StreamConnection::StreamConnection(StreamShard& host, ClientSocket socket, ConnectionSlot slot,
                                   std::string read_ahead, SessionId session, Claim claim,
                                   std::uint64_t number)
    : host_(host),
      slot_(std::move(slot)),
      session_(session),
      generation_(claim.generation),
      number_(number),
      too_old_at_(claim.too_old_at),
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
    auto& tcp = layer().tcp();
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
    if (auto const rate = static_cast<double>(host.context().settings.max_messages_per_second);
        rate > 0) {
        messages_.emplace(rate, 2 * rate, std::chrono::steady_clock::now());
        websocket_.control_callback(
            [this](websocket::frame_type, boost::beast::string_view) { control_frame_read(); });
    }
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
    host_.log().opened(session_, host_.shard().coarse_now());
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
    end_session(code);
    close_deadline_ = std::min(close_deadline_, host_.shard().coarse_now() + kCloseTime);
    schedule_deadline();
    if (!streaming_) return;  // `accepted` closes once the handshake is over
    host_.hub().unsubscribe_all(*this);
    throttle_timer_.cancel();
    say_goodbye(code);
    if (finished_) return;
    websocket_.async_close(websocket::close_reason{static_cast<std::uint16_t>(code)},
                           [self = shared_from_this(), code](SystemError) {
                               if (!self->finished_) self->finish(code);
                           });
}

/// These codes take the session with them; after all others it waits for its client.
void StreamConnection::end_session(CloseCode code) noexcept {
    auto& sessions = host_.context().sessions;
    if (code == CloseCode::policy) sessions.end(session_, generation_, SessionEnd::policy);
    if (code == CloseCode::too_old) sessions.end(session_, generation_, SessionEnd::too_old);
}

void StreamConnection::say_goodbye(CloseCode code) {
    auto const text = goodbye_json(code, host_.context().settings, host_.reconnect_in_ms(code));
    if (!text) return;
    std::string frame;
    append_text_frame(*text, frame);
    layer().append(frame);
}

void StreamConnection::frame_queued(std::size_t bytes) noexcept {
    host_.metrics().frames_sent.add();
    host_.metrics().sent_bytes.add(bytes);
}

void StreamConnection::close_frame_passed(unsigned code) noexcept {
    close_code_sent_ = code;
    if (code == 1009 && !closing_) host_.metrics().limit_hit(Limit::max_message_bytes);
    host_.hub().unsubscribe_all(*this);
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
    host_.hub().unsubscribe_all(*this);
    host_.metrics().ticks_abandoned.add(in_flight_.size());
    in_flight_.clear();
    output_is_free();
    layer().close(false);
    // Does nothing to a session that was taken over or deleted.
    host_.context().sessions.release(session_, generation_);
    host_.metrics().connections.add(-1);
    host_.metrics().stream_closed(code);
    host_.log().ended(session_, code, host_.shard().coarse_now());
    host_.ended(number_);
}

/// Frames that make no progress (empty ones of a message that never ends) are met here alone.
void StreamConnection::heard_from_peer() noexcept {
    last_heard_ = host_.shard().coarse_now();
    auto const& settings = host_.context().settings;
    auto const most = 8 * settings.max_message_bytes + 4096;  // a byte a frame, and a read a byte
    if (messages_ && ++reads_of_message_ == most) flooded_soon();
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
    if (is_open()) {
        next = std::min(next, too_old_at_);
        if (waiting_since_ != SteadyTime::max()) {
            next = std::min(next, last_taken_ + from_seconds(settings.slow_client_seconds));
            if (!slow_) next = std::min(next, waiting_since_ + kSlowAfter);
        }
    }
    host_.shard().wheel().schedule(deadline_, next);
}

void StreamConnection::on_deadline(SteadyTime now) noexcept {
    auto const self = shared_from_this();
    auto const& settings = host_.context().settings;
    auto const silent = now - last_heard_ >= from_seconds(settings.peer_timeout_seconds);
    if (silent && !closing_) host_.metrics().limit_hit(Limit::peer_timeout_seconds);
    if (now >= close_deadline_ || silent) return reset();
    if (is_open() && now >= too_old_at_) return close(CloseCode::too_old);
    if (!check_output(now)) return;
    if (streaming_ && !layer().closing()) {
        if (now >= next_ping_) ping_due_ = true;
        if (now - last_sent_ >= from_seconds(settings.heartbeat_seconds)) heartbeat_due_ = true;
        queue_if_due();
    }
    schedule_deadline();
}

/// False once the client was too slow.
bool StreamConnection::check_output(SteadyTime now) noexcept {
    if (waiting_since_ == SteadyTime::max() || !is_open()) return true;
    if (!slow_ && now - waiting_since_ >= kSlowAfter) {
        slow_ = true;
        host_.metrics().slow_clients.add(1);
    }
    auto const most = from_seconds(host_.context().settings.slow_client_seconds);
    if (now - last_taken_ < most) return true;
    host_.metrics().limit_hit(Limit::slow_client_seconds);
    close(CloseCode::too_slow);
    return false;
}

void StreamConnection::output_blocked() noexcept {
    if (finished_ || waiting_since_ != SteadyTime::max()) return;
    waiting_since_ = last_taken_ = host_.shard().coarse_now();
    schedule_deadline();
}

void StreamConnection::output_progress() noexcept {
    last_taken_ = host_.shard().coarse_now();
    if (message_waits_) last_heard_ = last_taken_;  // its pongs are not read just now
}

void StreamConnection::output_failed() noexcept {
    asio::post(host_.shard().io(), [self = shared_from_this()] {
        if (!self->finished_) self->finish(self->how_it_ended());
    });
}

/// Nothing waits for the kernel any more.
void StreamConnection::output_is_free() noexcept {
    waiting_since_ = SteadyTime::max();
    if (std::exchange(slow_, false)) host_.metrics().slow_clients.add(-1);
}

void StreamConnection::feed_state_changed() noexcept {
    if (!snapshot_begun_ || closing_) return;  // the snapshot will tell
    status_due_ = true;
    queue_if_due();
}

void StreamConnection::queue_if_due() noexcept {
    if (closing_ || !streaming_ || layer().closing()) return;
    if (status_due_ || heartbeat_due_ || ping_due_) host_.hub().enqueue(*this);
}

}  // namespace tickcast
