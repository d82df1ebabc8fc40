#include "tickcast/stream/stream_shard.hpp"

#include "stream/event_stream.hpp"
#include "stream/websocket_stream.hpp"
#include "tickcast/base/give_back.hpp"
#include "tickcast/http/fields.hpp"
#include "tickcast/http/response.hpp"
#include "tickcast/http/target.hpp"
#include "tickcast/protocol/event_text.hpp"
#include "tickcast/protocol/route.hpp"

#include <boost/beast/http/write.hpp>

#include <algorithm>
#include <cmath>

namespace tickcast {

StreamShard::StreamShard(Shard& shard, TickMailbox& mailbox, InterestSink& interest,
                         StreamContext const& context, std::unique_ptr<BatchSender> sender)
    : shard_(shard),
      context_(context),
      fan_out_(shard.index(), shard.metrics(), interest, [this] { slices_.schedule_flush(); }),
      sender_(std::move(sender)),
      slices_(shard.io(), mailbox, fan_out_, sender_),
      inbox_(shard.io()),
      poller_(shard.io()) {
    inbox_.on_message([this](Command const& command) { obey(command); });
    feed_live_ = context.feed_live.load(std::memory_order_relaxed);
}

StreamShard::~StreamShard() = default;

void StreamShard::start_stream(HandedSocket handed, HttpRequest request, HttpResponse head) {
    auto const path = split_target(to_std(request.target())).path;
    auto const text = path.substr(std::min(prefix(Route::stream).size(), path.size()));
    auto const id = SessionId::parse(text);
    auto const number = next_connection_++;
    bool const events = head.result() == http::status::ok;
    auto const continues =
        id && events ? continued_generation(last_event_id(request), text) : std::nullopt;
    auto claim =
        id ? context_.sessions.claim(*id, shard_.index(), number, continues) : std::nullopt;
    if (!claim) {  // it expired, or was taken over, since the HTTP side looked
        bool const displaced = continues && context_.sessions.displaced(*id, *continues);
        return refuse(std::move(handed.socket), displaced);
    }
    if (claim->displaced) context_.close_stream(*claim->displaced, CloseCode::taken_over);
    StreamTicket ticket{.session = *id, .claim = *std::move(claim), .number = number};
    boost::intrusive_ptr<StreamConnection> connection;
    if (events) {
        auto* const stream = new EventStream(*this, std::move(handed), std::move(ticket));
        connections_.emplace(number, connection = stream);
        stream->start(endless_head(std::move(head)));
    } else {
        auto* const stream = new WebSocketStream(*this, std::move(handed), std::move(ticket));
        connections_.emplace(number, connection = stream);
        stream->start(std::move(request));
    }
    if (!draining_) return;
    lingers_until_.reset();  // it has its own time for that
    connection->close(CloseCode::going_away);
}

void StreamShard::refuse(ClientSocket socket, bool displaced) {
    auto response = displaced
                        ? stay_away_response()
                        : problem_response(Error{ErrorCode::no_such_session, "no such session"});
    finish_response(response, {.keep_alive = false});
    SystemError ignored;
    socket.tcp().non_blocking(true, ignored);  // as much as fits at once; a shard never waits
    http::write(socket, response, ignored);
    socket.close();
}

void StreamShard::obey(Command const& command) {
    auto const found = connections_.find(command.stream.connection);
    if (found == connections_.end()) return;
    auto const connection = found->second;
    if (connection->generation() != command.stream.generation) return;
    if (command.code) {
        connection->close(*command.code);
    } else {
        connection->session_changed();
    }
}

std::uint32_t StreamShard::reconnect_in_ms(CloseCode code) noexcept {
    // After a drain as long as the drain was, so that the successor sees the same even stream; who
    // was too slow gives its line a moment.
    auto const drain_ms = std::max(1000.0, context_.settings.drain_seconds * 1000);
    auto const most_ms = code == CloseCode::going_away ? drain_ms : 2000.0;
    std::uniform_int_distribution<std::uint32_t> spread{0, static_cast<std::uint32_t>(most_ms)};
    return 250 + spread(random_);
}

std::uint32_t StreamShard::retry_ms() noexcept {
    return std::uniform_int_distribution<std::uint32_t>{1000, 3000}(random_);
}

void StreamShard::drain(Duration over, std::function<void()> done) {
    draining_ = true;
    all_closed_ = std::move(done);
    look_whether_drained();
    to_close_.reserve(connections_.size());
    for (auto const& [number, connection] : connections_)
        to_close_.push_back(number);
    // Not by their age: who came together would go and come back together.
    std::shuffle(to_close_.begin(), to_close_.end(), random_);
    to_close_at_first_ = to_close_.size();
    drain_began_ = shard_.coarse_now();
    drain_time_ = over;
}

/// Keeps to the straight line from all to none, whatever a tick's length.
void StreamShard::close_due(SteadyTime now) {
    auto const passed = std::chrono::duration<double>{now - drain_began_}.count();
    auto const all = std::chrono::duration<double>{drain_time_}.count();
    auto const part = passed >= all ? 0.0 : 1 - passed / all;
    auto const keep =
        static_cast<std::size_t>(std::ceil(part * static_cast<double>(to_close_at_first_)));
    // With no time to drain in, a few each tick still, so that the loop turns in between.
    for (auto most = 8 * SliceLoop::kSliceClients; to_close_.size() > keep && most > 0; --most) {
        auto const found = connections_.find(to_close_.back());
        to_close_.pop_back();
        if (found == connections_.end()) continue;
        auto const connection = found->second;
        connection->close(CloseCode::going_away);
    }
}

void StreamShard::reset_all() {
    while (!connections_.empty()) {
        auto const connection = connections_.begin()->second;
        connection->reset();
    }
    stop_lingering();
}

/// Not by RST: what our kernel still holds for the peer goes out.
void StreamShard::stop_lingering() {
    while (!lingering_.empty()) {
        auto const connection = lingering_.begin()->second;
        connection->stop_lingering();
    }
}

void StreamShard::ended(std::uint64_t connection) {
    if (auto node = connections_.extract(connection)) lingering_.insert(std::move(node));
    give_back_buckets(connections_);
    look_whether_drained();
}

void StreamShard::closed(std::uint64_t connection) {
    lingering_.erase(connection);
    give_back_buckets(lingering_);
    look_whether_drained();
}

void StreamShard::look_whether_drained() {
    if (!all_closed_ || !connections_.empty()) return;
    if (lingering_.empty()) return std::exchange(all_closed_, {})();
    if (!lingers_until_) lingers_until_ = shard_.coarse_now() + kLingerAtEnd;
}

void StreamShard::tick() {
    if (!to_close_.empty()) close_due(shard_.coarse_now());
    if (lingers_until_ && shard_.coarse_now() >= *lingers_until_) stop_lingering();
    auto const live = context_.feed_live.load(std::memory_order_relaxed);
    if (live == feed_live_) return;
    feed_live_ = live;
    for (auto const& [number, connection] : connections_)
        connection->feed_state_changed();
}

}  // namespace tickcast
