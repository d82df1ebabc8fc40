#include "stream/stream_connection.hpp"

#include "tickcast/base/check.hpp"
#include "tickcast/config/limit_figure.hpp"
#include "tickcast/protocol/stream_messages.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace tickcast {

StreamConnection::StreamConnection(Transport transport, ShardStreams& host, HandedSocket handed,
                                   StreamTicket ticket, MessageFraming const& framing)
    : StreamOutput(host, std::move(handed.socket), std::move(handed.read_ahead), ticket, framing),
      generation_(ticket.claim.generation),
      number_(ticket.number),
      slot_(std::move(handed.slot)),
      tickers_(std::move(ticket.claim.tickers)),
      deadline_{.too_old_at = ticket.claim.too_old_at,
                .timer{[](void* self, SteadyTime now) noexcept {
                           static_cast<StreamConnection*>(self)->on_deadline(now);
                       },
                       this}},
      transport_(transport) {
    open_streams().add(1);
}

StreamConnection::~StreamConnection() {
    TICKCAST_CHECK(life_.is_finished(), "a stream ends by its clean-up");
}

Gauge& StreamConnection::open_streams() noexcept {
    return host_.metrics().connections[index_of(transport_)];
}

void StreamConnection::opened(std::string_view head) {
    life_.handshake_over();
    host_.log().opened(session_, host_.loop().coarse_now());
    open_output(head, tickers_.ids());
    schedule_deadline();  // pings and heartbeats begin here
}

/// The code that the side which began the end intended; how the sockets closed does not matter.
CloseCode StreamConnection::how_it_ended() const noexcept {
    auto const ours = life_.our_code();
    return ours ? *ours : how_peer_ended();
}

void StreamConnection::close(CloseCode code) noexcept {
    // If a close frame has passed already, the peer or Beast began to close before us.
    if (layer_.closing() || !life_.close(code)) return;
    end_session(code);
    begin_close_time();
    if (life_.phase() == StreamPhase::closing) carry_out_close(code);
}

void StreamConnection::close_if_asked() noexcept {
    if (auto const code = life_.our_code()) carry_out_close(*code);
}

void StreamConnection::carry_out_close(CloseCode code) {
    leave_hub();
    say_why(code);
    if (!life_.is_finished()) end_output(code);
}

/// Some codes end the session too. After all other codes the session waits for its client.
void StreamConnection::end_session(CloseCode code) noexcept {
    auto& sessions = host_.context().sessions;
    if (auto const end = facts(code).ends_session) sessions.end(session_, generation_, *end);
}

void StreamConnection::say_why(CloseCode code) {
    auto const* const goodbye = goodbye_of(code, transport_);
    if (goodbye == nullptr) return;
    std::optional<LimitFigure> figure;
    if (goodbye->limit) figure = figure_of(*goodbye->limit, host_.context().settings);
    std::optional<std::uint32_t> back_in_ms;
    if (facts(code).client_then != ClientThen::stays_away) {
        back_in_ms = host_.reconnect_in_ms(code);
    }
    say_goodbye(goodbye_json(*goodbye, figure, back_in_ms), back_in_ms.value_or(kNoRetry));
}

unsigned StreamConnection::close_frame_passes(unsigned code) noexcept {
    life_.closing_begins();
    leave_hub();
    begin_close_time();
    return code;
}

/// Starts the close time, at the first event that begins the end.
void StreamConnection::begin_close_time() noexcept {
    deadline_.close_by =
        std::min(deadline_.close_by, host_.loop().coarse_peer_now() + ShardStreams::kCloseTime);
    schedule_deadline();
}

/// Both close frames have passed, or a goodbye that the peer does not answer: no message follows.
/// The stream does not need the peer's FIN. The socket waits for it only so that no RST overtakes
/// bytes that the peer has not read yet.
void StreamConnection::output_ended() noexcept {
    end_stream(how_it_ended());
    schedule_deadline();
}

void StreamConnection::reset() noexcept {
    layer_.reset();
    finish(how_it_ended());
}

void StreamConnection::stop_lingering() noexcept {
    finish(how_it_ended());
}

void StreamConnection::finish(CloseCode code) noexcept {
    if (life_.is_finished()) return;
    end_stream(code);
    life_.finish();
    deadline_.timer.cancel();
    layer_.close();
    host_.closed(number_);
}

void StreamConnection::end_stream(CloseCode code) noexcept {
    if (!life_.end()) return;
    abandon_output();
    tickers_ = {};
    // This changes no session that was taken over or deleted.
    host_.context().sessions.release(session_, generation_);
    open_streams().add(-1);
    host_.metrics().stream_closed(code);
    host_.log().ended(session_, code, host_.loop().coarse_now());
    host_.ended(number_);
}

void StreamConnection::broken(SystemError error) noexcept {
    note(error);
    layer_.close();
    finish(how_it_ended());
}

void StreamConnection::output_failed(SystemError error) noexcept {
    note(error);
    asio::post(host_.loop().io(),
               [self = boost::intrusive_ptr{this}] { self->finish(self->how_it_ended()); });
}

/// Counts a silent peer that the kernel gave up (TCP_USER_TIMEOUT). The kernel reports this once,
/// to the first call on the socket.
void StreamConnection::note(SystemError error) noexcept {
    if (error != asio::error::timed_out || life_.has_ended() || life_.our_code()) return;
    host_.metrics().limit_hit(Limit::peer_timeout_seconds);
}

void StreamConnection::schedule_deadline() noexcept {
    auto const& times = host_.times();
    auto judged = deadline_.close_by;
    if (!life_.has_ended()) judged = std::min(judged, silent_at());
    if (is_open()) judged = std::min(judged, slow_.next_look(times.slow_client));
    // The timer can fire too early where the peers' time stands still; `on_deadline` then schedules
    // again.
    auto next = host_.loop().peer_clock().steady(judged);
    if (is_open()) next = std::min({next, frames_.next_due(times), deadline_.too_old_at});
    host_.loop().wheel().schedule(deadline_.timer, next);
}

void StreamConnection::on_deadline(SteadyTime now) noexcept {
    boost::intrusive_ptr const self{this};
    auto const peer_now = host_.loop().coarse_peer_now();
    auto const silent = is_silent(peer_now);
    if (silent && !life_.our_code()) host_.metrics().limit_hit(Limit::peer_timeout_seconds);
    if (silent || peer_now >= deadline_.close_by) return reset();
    if (is_open()) {
        if (now >= deadline_.too_old_at) return close(CloseCode::too_old);
        if (is_too_slow(peer_now)) return close(CloseCode::too_slow);
        frames_.elapse(now, host_.times());
        queue_if_due();
    }
    schedule_deadline();
}

/// A peer whose bytes wait in the socket is not silent: a busy loop has not read them yet. But
/// while a message of the client waits, no bytes are read, because the client does not take its
/// answers. Then bytes in the socket do not count.
bool StreamConnection::is_silent(PeerTime now) noexcept {
    if (life_.has_ended() || now < silent_at()) return false;
    if (requests_.message_waits() || !layer_.tcp().has_input()) return true;
    heard_from_peer();
    return false;
}

/// Counts a client that has become slow, and the limit if the client hit it.
bool StreamConnection::is_too_slow(PeerTime now) noexcept {
    if (slow_.becomes_slow(now)) host_.metrics().slow_clients.add(1);
    if (!slow_.is_too_slow(now, host_.times().slow_client)) return false;
    host_.metrics().limit_hit(Limit::slow_client_seconds);
    return true;
}

void StreamConnection::feed_state_changed() noexcept {
    frames_.feed_state_changed();
    queue_if_due();
}

}  // namespace tickcast
