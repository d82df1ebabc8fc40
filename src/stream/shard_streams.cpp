#include "tickcast/stream/shard_streams.hpp"

#include "stream/event_stream.hpp"
#include "stream/websocket_stream.hpp"
#include "tickcast/http/response.hpp"

#include <boost/beast/http/write.hpp>

#include <algorithm>

namespace tickcast {

ShardStreams::ShardStreams(EventLoop& loop, TickMailbox& mailbox, InterestSink& interest,
                           StreamContext const& context, std::unique_ptr<BatchSender> sender)
    : loop_(loop),
      context_(context),
      times_(StreamTimes::from(context.settings)),
      fan_out_(loop.index(), loop.metrics(), interest, [this] { slices_.schedule_flush(); }),
      sender_(std::move(sender)),
      slices_(loop, mailbox, fan_out_, sender_),
      inbox_(loop.io()),
      poller_(loop.io(), loop.peer_clock()) {
    inbox_.on_message([this](Command const& command) { obey(command); });
    feed_live_ = context.feed_live.load(std::memory_order_relaxed);
}

ShardStreams::~ShardStreams() = default;

void ShardStreams::start_stream(HandedSocket handed, HttpRequest request, StreamGrant grant) {
    auto const number = streams_.next_number();
    auto claim = context_.sessions.claim(grant.session, loop_.index(), number, grant.continues);
    if (!claim) {  // the session expired or was taken over after the HTTP side had checked it
        bool const displaced =
            grant.continues && context_.sessions.displaced(grant.session, *grant.continues);
        return refuse(std::move(handed.socket), displaced);
    }
    if (claim->displaced) context_.streams.close(*claim->displaced, CloseCode::taken_over);
    StreamTicket ticket{.session = grant.session,
                        .claim = *std::move(claim),
                        .number = number,
                        .encoding = grant.encoding};
    StreamRegistry::Stream made;
    if (grant.transport == Transport::sse) {
        auto* const stream = new EventStream(*this, std::move(handed), std::move(ticket));
        streams_.add(number, made = stream);
        stream->start(endless_head(std::move(grant.head), loop_.peer_clock().wall_us()));
    } else {
        auto* const stream = new WebSocketStream(*this, std::move(handed), std::move(ticket));
        streams_.add(number, made = stream);
        stream->start(std::move(request));
    }
    if (streams_.is_draining()) made->close(CloseCode::going_away);
}

void ShardStreams::refuse(ClientSocket socket, bool displaced) {
    auto response = displaced
                        ? stay_away_response()
                        : problem_response(Error{ErrorCode::no_such_session, "no such session"});
    finish_response(response, {.wall_us = loop_.peer_clock().wall_us(), .keep_alive = false});
    SystemError ignored;
    socket.tcp().non_blocking(true, ignored);  // sends what fits at once: a shard never waits
    http::write(socket, response, ignored);
    socket.close();
}

void ShardStreams::obey(Command const& command) {
    auto const stream = streams_.find(command.stream);
    if (!stream) return;
    if (command.code) {
        stream->close(*command.code);
    } else {
        stream->session_changed();
    }
}

std::uint32_t ShardStreams::reconnect_in_ms(CloseCode code) noexcept {
    // After a drain clients come back over as long a time as the drain took, so that the next
    // process gets its clients as evenly as this one lost them. A client that was too slow waits a
    // moment, so that its line recovers.
    auto const drain_ms = std::max(1000.0, context_.settings.drain_seconds * 1000);
    auto const most_ms = code == CloseCode::going_away ? drain_ms : 2000.0;
    std::uniform_int_distribution<std::uint32_t> spread{0, static_cast<std::uint32_t>(most_ms)};
    return 250 + spread(random_);
}

std::uint32_t ShardStreams::retry_ms() noexcept {
    return std::uniform_int_distribution<std::uint32_t>{1000, 3000}(random_);
}

void ShardStreams::drain(Duration over, std::function<void()> done) {
    streams_.drain(over, loop_.coarse_now(), random_, std::move(done));
}

void ShardStreams::tick() {
    streams_.tick(loop_.coarse_now());
    auto const live = context_.feed_live.load(std::memory_order_relaxed);
    if (live == feed_live_) return;
    feed_live_ = live;
    streams_.for_each([](StreamConnection& stream) { stream.feed_state_changed(); });
}

}  // namespace tickcast
