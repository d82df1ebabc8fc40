#include "tickcast/net/stream_connection.hpp"

#include "net/goodbye.hpp"
#include "tickcast/base/check.hpp"

#include <algorithm>
#include <netinet/tcp.h>

namespace tickcast {

namespace {

/// What is not sent yet should still be here, where something newer can take its place.
constexpr int kNotSentLowWater = 16 * 1024;

ClientSocket with_options(ClientSocket socket, Settings const& settings) {
    SystemError ignored;  // a socket that is gone already fails its first read
    auto& tcp = socket.tcp();
    tcp.set_option(asio::ip::tcp::no_delay{true}, ignored);
    tcp.set_option(
        asio::socket_base::send_buffer_size{static_cast<int>(settings.stream_send_buffer_bytes)},
        ignored);
    ::setsockopt(tcp.native_handle(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &kNotSentLowWater,
                 sizeof kNotSentLowWater);
    return socket;
}

}  // namespace

StreamConnection::StreamConnection(Transport transport, StreamShard& host, HandedSocket handed,
                                   StreamTicket ticket)
    : host_(host),
      last_sent_(host.shard().coarse_now()),
      slot_(std::move(handed.slot)),
      layer_(host.poller(), with_options(std::move(handed.socket), host.context().settings),
             std::move(handed.read_ahead), *this),
      session_(ticket.session),
      generation_(ticket.claim.generation),
      number_(ticket.number),
      too_old_at_(ticket.claim.too_old_at),
      tickers_(std::move(ticket.claim.tickers)),
      deadline_(
          [](void* self, SteadyTime now) noexcept {
              static_cast<StreamConnection*>(self)->on_deadline(now);
          },
          this),
      transport_(transport) {
    if (ticket.claim.throttle_ms != 0) {
        throttle_ = std::make_unique<Throttle>(
            *this, std::chrono::milliseconds{ticket.claim.throttle_ms}, SteadyTime::min());
    }
    open_streams().add(1);
}

StreamConnection::Throttle::Throttle(StreamConnection& stream, Duration between,
                                     SteadyTime last) noexcept
    : interval(between),
      last_paced(last),
      timer(
          [](void* self, SteadyTime) noexcept {
              auto* connection = static_cast<StreamConnection*>(self);
              connection->host_.hub().release(*connection);
          },
          &stream) {}

StreamConnection::~StreamConnection() {
    TICKCAST_CHECK(finished_, "a stream ends by its clean-up");
}

Gauge& StreamConnection::open_streams() noexcept {
    return host_.metrics().connections[static_cast<std::size_t>(transport_)];
}

void StreamConnection::opened(std::string_view head) {
    streaming_ = true;
    host_.log().opened(session_, host_.shard().coarse_now());
    layer_.open_for_data(head);
    host_.hub().subscribe(*this, tickers_.ids());
    schedule_deadline();  // from here on with pings and heartbeats
}

/// As intended by the side that began it; how the sockets went down does not matter.
CloseCode StreamConnection::how_it_ended() const noexcept {
    return closing_ ? *closing_ : how_peer_ended();
}

void StreamConnection::close(CloseCode code) noexcept {
    // Where a close frame has passed, the peer or Beast was quicker.
    if (finished_ || closing_ || layer_.closing()) return;
    closing_ = code;
    end_session(code);
    begin_close_time();
    if (!streaming_) return;  // once the handshake is over
    leave_hub();
    say_goodbye(code);
    if (!finished_) end_output(code);
}

/// These codes take the session with them; after all others it waits for its client (CONTRACT
/// END-1).
void StreamConnection::end_session(CloseCode code) noexcept {
    auto& sessions = host_.context().sessions;
    if (code == CloseCode::policy) sessions.end(session_, generation_, SessionEnd::policy);
    if (code == CloseCode::too_old) sessions.end(session_, generation_, SessionEnd::too_old);
}

void StreamConnection::say_goodbye(CloseCode code) {
    auto const back_in_ms = host_.reconnect_in_ms(code);
    auto const text = goodbye_json(code, transport_, host_.context().settings, back_in_ms);
    if (!text) return;
    std::string frame;
    if (comes_back(code)) append_retry(back_in_ms, frame);
    append_message("goodbye", *text, frame);
    layer_.append(frame);
}

void StreamConnection::frame_queued(std::size_t bytes) noexcept {
    host_.metrics().frames_sent.add();
    host_.metrics().sent_bytes.add(bytes);
}

unsigned StreamConnection::close_frame_passes(unsigned code) noexcept {
    leave_hub();
    begin_close_time();
    return code;
}

/// From whatever begins the end, once.
void StreamConnection::begin_close_time() noexcept {
    close_deadline_ = std::min(close_deadline_, host_.shard().coarse_peer_now() + kCloseTime);
    schedule_deadline();
}

/// Behind both closing frames, or behind a goodbye that nothing answers: nothing is left to say.
/// The peer's FIN is the kernel's affair; waiting for it only keeps a RST from overtaking what the
/// peer has not read yet.
void StreamConnection::output_ended() noexcept {
    end_stream(how_it_ended());
    schedule_deadline();
}

void StreamConnection::leave_hub() noexcept {
    host_.hub().unsubscribe_all(*this);
    if (throttle_) throttle_->timer.cancel();
}

void StreamConnection::reset() noexcept {
    layer_.close(true);
    finish(how_it_ended());
}

void StreamConnection::stop_lingering() noexcept {
    finish(how_it_ended());
}

void StreamConnection::finish(CloseCode code) noexcept {
    if (std::exchange(finished_, true)) return;
    end_stream(code);
    deadline_.cancel();
    layer_.close(false);
    host_.closed(number_);
}

void StreamConnection::end_stream(CloseCode code) noexcept {
    if (std::exchange(ended_, true)) return;
    leave_hub();
    if (auto const frame = std::move(unfinished_)) {
        host_.metrics().ticks_abandoned.add(frame->ticks.size());
    }
    output_is_free();
    tickers_ = {};
    // Does nothing to a session that was taken over or deleted.
    host_.context().sessions.release(session_, generation_);
    open_streams().add(-1);
    host_.metrics().stream_closed(code);
    host_.log().ended(session_, code, host_.shard().coarse_now());
    host_.ended(number_);
}

void StreamConnection::broken(SystemError error) noexcept {
    note(error);
    layer_.close(false);
    finish(how_it_ended());
}

/// The kernel gave a silent peer up (TCP_USER_TIMEOUT). It tells that once, to whoever asks first.
void StreamConnection::note(SystemError error) noexcept {
    if (error != asio::error::timed_out || ended_ || closing_) return;
    host_.metrics().limit_hit(Limit::peer_timeout_seconds);
}

void StreamConnection::schedule_deadline() noexcept {
    auto const& settings = host_.context().settings;
    auto judged = ended_ ? close_deadline_ : std::min(silent_at(), close_deadline_);
    if (is_open() && waiting_since_ != PeerTime::max()) {
        judged = std::min(judged, last_taken_ + from_seconds(settings.slow_client_seconds));
        if (!slow_) judged = std::min(judged, waiting_since_ + kSlowAfter);
    }
    // Too early where something stands still until then, which the deadline finds out.
    auto next = host_.shard().peer_clock().steady(judged);
    if (streaming_ && !layer_.closing()) {
        if (!ping_due_) next = std::min(next, next_ping_);
        if (!heartbeat_due_) {
            next = std::min(next, last_sent_ + from_seconds(settings.heartbeat_seconds));
        }
    }
    if (is_open()) next = std::min(next, too_old_at_);
    host_.shard().wheel().schedule(deadline_, next);
}

void StreamConnection::on_deadline(SteadyTime now) noexcept {
    boost::intrusive_ptr const self{this};
    auto const& settings = host_.context().settings;
    auto const peer_now = host_.shard().coarse_peer_now();
    auto const silent = is_silent(peer_now);
    if (silent && !closing_) host_.metrics().limit_hit(Limit::peer_timeout_seconds);
    if (peer_now >= close_deadline_ || silent) return reset();
    if (is_open() && now >= too_old_at_) return close(CloseCode::too_old);
    if (!check_output(peer_now)) return;
    if (streaming_ && !layer_.closing()) {
        if (now >= next_ping_) ping_due_ = true;
        if (now - last_sent_ >= from_seconds(settings.heartbeat_seconds)) heartbeat_due_ = true;
        queue_if_due();
    }
    schedule_deadline();
}

/// Where bytes of the peer's wait it was not silent: a busy loop has not read them yet. While a
/// message of its own waits for its answers to be taken none are read, and what matters is that.
bool StreamConnection::is_silent(PeerTime now) noexcept {
    if (ended_ || now < silent_at()) return false;
    if (message_waits_ || !layer_.tcp().has_input()) return true;
    heard_from_peer();
    return false;
}

/// False once the client was too slow.
bool StreamConnection::check_output(PeerTime now) noexcept {
    if (waiting_since_ == PeerTime::max() || !is_open()) return true;
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
    if (finished_ || waiting_since_ != PeerTime::max()) return;
    waiting_since_ = last_taken_ = host_.shard().coarse_peer_now();
    schedule_deadline();
}

void StreamConnection::output_progress() noexcept {
    last_taken_ = host_.shard().coarse_peer_now();
}

void StreamConnection::output_failed(SystemError error) noexcept {
    note(error);
    asio::post(host_.shard().io(), [self = boost::intrusive_ptr{this}] {
        if (!self->finished_) self->finish(self->how_it_ended());
    });
}

/// Nothing waits for the kernel any more.
void StreamConnection::output_is_free() noexcept {
    waiting_since_ = PeerTime::max();
    if (std::exchange(slow_, false)) host_.metrics().slow_clients.add(-1);
}

void StreamConnection::feed_state_changed() noexcept {
    if (!snapshot_begun_ || closing_) return;  // the snapshot will tell
    status_due_ = true;
    queue_if_due();
}

void StreamConnection::queue_if_due() noexcept {
    if (closing_ || !streaming_ || layer_.closing()) return;
    if (status_due_ || heartbeat_due_ || ping_due_) host_.hub().enqueue(*this);
}

}  // namespace tickcast
