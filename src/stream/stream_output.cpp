// The output side of a stream: which frame is next, how it is built, and what its sending means.
#include "tickcast/stream/stream_connection.hpp"

#include <algorithm>
#include <cerrno>

namespace tickcast {

void StreamConnection::prefetch() const noexcept {
    constexpr std::size_t kCacheLine = 64;
    auto const* const begin = reinterpret_cast<char const*>(this);
    auto const* const end = reinterpret_cast<char const*>(&layer_) + OrderedLayer::kHotBytes;
    for (auto const* at = begin; at < end; at += kCacheLine)
        __builtin_prefetch(at, 1);
}

std::optional<StreamConnection::Kind> StreamConnection::due(SteadyTime now) noexcept {
    if (!snapshot_begun_) return quotes_known() ? std::optional{Kind::snapshot} : std::nullopt;
    if (replies_) return Kind::replies;  // `subscribed` before its snapshot: CONTRACT MSG-14
    if (unsettled() && quotes_known()) return Kind::snapshot;
    // Before the ticks: on a busy shard marks come back before the client's next turn.
    if (status_due_) return Kind::status;
    if (marked()) {
        auto const next = throttle_ ? throttle_->last_paced + throttle_->interval : now;
        if (now >= next) return Kind::ticks;
        host_.hub().hold(*this);
        host_.shard().wheel().schedule(throttle_->timer, next);
    }
    if (ping_due_) return Kind::ping;  // ticks would have taken it along
    if (heartbeat_due_) return Kind::heartbeat;
    return std::nullopt;
}

std::optional<FrameArena::Frame> StreamConnection::build(FrameArena& arena) noexcept {
    if (finished_ || closing_ || layer_.closing()) return std::nullopt;
    if (!layer_.ready_for_data()) {
        host_.hub().hold(*this);  // until output_ready
        return std::nullopt;
    }
    auto const kind = due(throttle_ ? std::chrono::steady_clock::now() : SteadyTime::max());
    if (!kind) {
        output_is_free();  // what is marked waits for its throttle, not for the kernel
        return std::nullopt;
    }
    building_ = *kind;
    ping_rides_ = building_ == Kind::ticks && ping_may_ride();
    switch (building_) {
        case Kind::replies:
            return arena.add(replies_->frames);
        case Kind::ping:
            return arena.add(ping_frame());
        case Kind::snapshot:
            begin_message(arena, MessageType::snapshot);
            build_snapshot(arena);
            break;
        case Kind::ticks:
            begin_message(arena, MessageType::ticks);
            build_ticks(arena);
            break;
        case Kind::status:
            begin_message(arena, MessageType::status);
            write_status(arena, host_.feed_state());
            break;
        case Kind::heartbeat:
            begin_message(arena, MessageType::heartbeat);
            write_heartbeat(arena, host_.context().clock.wall_us(), host_.feed_state());
            break;
    }
    auto frame = end_message(arena);
    if (ping_rides_) frame.end = arena.add(ping_frame()).end;
    return frame;
}

/// A ping of its own costs as much as a frame of ticks, two bytes behind one cost nothing: so one
/// that is due within a tenth of its time goes along.
bool StreamConnection::ping_may_ride() const noexcept {
    auto const ahead = from_seconds(host_.context().settings.ping_seconds) / 10;
    return host_.shard().coarse_now() >= next_ping_ - ahead;
}

void StreamConnection::build_snapshot(FrameArena& arena) noexcept {
    auto const& context = host_.context();
    auto const session = session_.str();
    SnapshotHead const head{.session = session, .epoch = context.epoch, .feed = host_.feed_state()};
    auto const tickers = [&](auto visit) {
        host_.hub().for_each_unsettled(
            *this, [&](TickerId id, std::string_view) { visit(context.tickers.name(id).view()); });
    };
    auto const ticks = [&](auto visit) {
        host_.hub().for_each_unsettled(*this, [&](TickerId, std::string_view tick) {
            if (!tick.empty()) visit(tick);
        });
    };
    write_snapshot(arena, head, tickers, ticks);
}

void StreamConnection::build_ticks(FrameArena& arena) noexcept {
    write_ticks(arena, [this](auto visit) { host_.hub().for_each_marked(*this, visit); });
}

void StreamConnection::sent(std::string_view frame, std::ptrdiff_t taken) noexcept {
    if (finished_) return;
    if (taken < 0) {
        bool const full = taken == -EAGAIN || taken == -EWOULDBLOCK || taken == -ENOBUFS;
        if (!full) return broken({static_cast<int>(-taken), boost::system::system_category()});
        if (!is_tls()) {  // nothing was taken: the marks stand, a newer frame will be built
            host_.hub().hold(*this);
            return layer_.wait_until_writable();
        }
        taken = 0;  // its records have their numbers: they go out
    }
    auto const size = static_cast<std::size_t>(taken);
    auto& ticks = host_.in_flight_scratch();
    committed(ticks);
    take_messages_soon();
    if (size == frame.size()) {
        complete(size, ticks);
        ticks.clear();
        output_is_free();
        if (something_due()) host_.hub().enqueue(*this);
        return;
    }
    unfinished_ = std::make_unique<Unfinished>(Unfinished{frame.size(), ticks});
    ticks.clear();
    if (size > 0) last_taken_ = host_.shard().coarse_peer_now();
    host_.hub().hold(*this);
    layer_.finish_later(frame.substr(size));
}

bool StreamConnection::something_due() const noexcept {
    return marked() || replies_ || (unsettled() && quotes_known()) || status_due_ || ping_due_ ||
           heartbeat_due_;
}

/// The frame's first byte was taken: it will go out as it is.
void StreamConnection::committed(std::vector<TickInFlight>& ticks) noexcept {
    auto const now = host_.shard().coarse_now();
    switch (building_) {
        case Kind::snapshot:
            host_.hub().snapshot_taken(*this);
            snapshot_begun_ = true;
            break;
        case Kind::replies:
            replies_sent_ = std::exchange(replies_, nullptr)->count;
            break;
        case Kind::ticks:
            host_.hub().frame_taken(*this, [&](TickerId ticker, std::int64_t taken_in_ns) {
                ticks.push_back({ticker, taken_in_ns});
            });
            if (ping_rides_) pinged(now);
            break;
        case Kind::status:
            status_due_ = false;
            break;
        case Kind::heartbeat:
            heartbeat_due_ = false;
            break;
        case Kind::ping:
            return pinged(now);
    }
    if (building_ == Kind::snapshot || building_ == Kind::ticks) {
        if (throttle_) throttle_->last_paced = std::chrono::steady_clock::now();
    }
    last_sent_ = now;
    if (std::exchange(heartbeat_due_, false)) schedule_deadline();
    if (building_ == Kind::heartbeat) schedule_deadline();
}

void StreamConnection::pinged(SteadyTime now) noexcept {
    next_ping_ = now + from_seconds(host_.context().settings.ping_seconds);
    // Where none was due yet the deadline comes too early, and finds that out.
    if (std::exchange(ping_due_, false)) schedule_deadline();
}

/// The frame's last byte was handed to the kernel: its ticks are delivered (CONTRACT MET-13).
void StreamConnection::complete(std::size_t bytes,
                                std::vector<TickInFlight> const& ticks) noexcept {
    auto& metrics = host_.metrics();
    metrics.frames_sent.add(building_ == Kind::replies ? replies_sent_ : 1U + ping_rides_);
    metrics.sent_bytes.add(bytes);
    if (building_ == Kind::snapshot && !std::exchange(snapshot_sent_, true)) {
        metrics.snapshots.add();
    }
    if (building_ != Kind::ticks) return;
    metrics.ticks_delivered.add(ticks.size());
    if (!throttle_) {  // CONTRACT MET-35
        auto const now = Duration{std::chrono::steady_clock::now().time_since_epoch()}.count();
        for (auto const& tick : ticks)
            metrics.delivery_latency.observe(now - tick.taken_in_ns);
    }
}

void StreamConnection::rest_sent() noexcept {
    auto const frame = std::move(unfinished_);
    complete(frame->size, frame->ticks);
}

void StreamConnection::output_ready() noexcept {
    if (finished_ || closing_) return;
    host_.hub().release(*this);
    // Something that is due is tried next, and has waited until that succeeds.
    if (something_due() || (!snapshot_begun_ && quotes_known())) {
        host_.hub().enqueue(*this);
    } else {
        output_is_free();
    }
}

}  // namespace tickcast
