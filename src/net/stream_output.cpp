// The output side of a stream: which frame is next, how it is built, and what its sending means.
#include "tickcast/net/stream_connection.hpp"

#include <algorithm>
#include <cerrno>

namespace tickcast {

std::optional<StreamConnection::Kind> StreamConnection::due(SteadyTime now) noexcept {
    if (!snapshot_sent_) return quotes_known() ? std::optional{Kind::snapshot} : std::nullopt;
    // Before the ticks: on a busy shard marks come back before the client's next turn.
    if (status_due_) return Kind::status;
    if (ping_due_) return Kind::ping;
    if (marked()) {
        if (now >= next_ticks_) return Kind::ticks;
        host_.hub().hold(*this);
        host_.shard().wheel().schedule(throttle_timer_, next_ticks_);
    }
    if (heartbeat_due_) return Kind::heartbeat;
    return std::nullopt;
}

std::optional<FrameArena::Frame> StreamConnection::build(FrameArena& arena) noexcept {
    if (finished_ || closing_ || layer().closing()) return std::nullopt;
    if (!layer().ready_for_data()) {
        host_.hub().hold(*this);  // until output_ready
        return std::nullopt;
    }
    auto const kind =
        due(throttle_ == Duration{0} ? SteadyTime::max() : std::chrono::steady_clock::now());
    if (!kind) return std::nullopt;
    building_ = *kind;
    arena.begin();
    switch (building_) {
        case Kind::snapshot:
            build_snapshot(arena);
            break;
        case Kind::ticks:
            build_ticks(arena);
            break;
        case Kind::status:
            arena.append(R"({"type":"status","feed":")");
            arena.append(host_.feed_state());
            arena.append(R"("})");
            break;
        case Kind::heartbeat:
            arena.append(R"({"type":"heartbeat","t":)");
            arena.append(std::to_string(host_.context().clock.wall_us()));
            arena.append(R"(,"feed":")");
            arena.append(host_.feed_state());
            arena.append(R"("})");
            break;
        case Kind::ping:
            return arena.end(WsOpcode::ping);
    }
    return arena.end(WsOpcode::text);
}

void StreamConnection::build_snapshot(FrameArena& arena) noexcept {
    arena.append(R"({"type":"snapshot","session_id":")");
    arena.append(session_.str());
    arena.append(R"(","epoch":")");
    arena.append(host_.context().epoch);
    arena.append(R"(","feed":")");
    arena.append(host_.feed_state());
    arena.append(R"(","tickers":[)");
    char const* separator = "\"";
    host_.hub().for_each_ticker(*this, [&](TickerId id, std::string_view) {
        arena.append(separator);
        arena.append(host_.context().tickers.name(id).view());
        separator = "\",\"";
    });
    arena.append(subscriptions().empty() ? R"(],"quotes":[)" : R"("],"quotes":[)");
    separator = "";
    host_.hub().for_each_ticker(*this, [&](TickerId, std::string_view tick) {
        if (tick.empty()) return;
        arena.append(separator);
        arena.append(tick);
        separator = ",";
    });
    arena.append("]}");
}

void StreamConnection::build_ticks(FrameArena& arena) noexcept {
    arena.append(R"({"type":"ticks","ticks":[)");
    auto const first = arena.used();
    host_.hub().for_each_marked(*this, [&](std::string_view tick) {
        if (arena.used() != first) arena.append(",");
        arena.append(tick);
    });
    arena.append("]}");
}

void StreamConnection::sent(std::string_view frame, std::ptrdiff_t taken) noexcept {
    if (finished_) return;
    if (taken < 0) {
        if (taken == -EAGAIN || taken == -EWOULDBLOCK || taken == -ENOBUFS) {
            host_.hub().hold(
                *this);  // nothing was taken: the marks stand, a newer frame will be built
            return layer().wait_until_writable();
        }
        layer().close(false);
        return finish(CloseCode::lost);
    }
    committed();
    auto const size = static_cast<std::size_t>(taken);
    if (size == frame.size()) {
        complete(size);
        if (marked() || status_due_ || ping_due_ || heartbeat_due_) host_.hub().enqueue(*this);
        return;
    }
    unfinished_size_ = frame.size();
    host_.hub().hold(*this);
    layer().finish_later(frame.substr(size));
}

/// The frame's first byte was taken: it will go out as it is.
void StreamConnection::committed() noexcept {
    auto const now = host_.shard().coarse_now();
    switch (building_) {
        case Kind::snapshot:
            host_.hub().snapshot_taken(*this);
            break;
        case Kind::ticks:
            host_.hub().frame_taken(
                *this, [&](std::int64_t taken_in_ns) { in_flight_.push_back(taken_in_ns); });
            break;
        case Kind::status:
            status_due_ = false;
            break;
        case Kind::heartbeat:
            heartbeat_due_ = false;
            break;
        case Kind::ping:
            ping_due_ = false;
            next_ping_ = now + from_seconds(host_.context().settings.ping_seconds);
            return schedule_deadline();
    }
    if (building_ == Kind::snapshot || building_ == Kind::ticks) {
        if (throttle_ > Duration{0}) next_ticks_ = std::chrono::steady_clock::now() + throttle_;
    }
    last_sent_ = now;
    if (std::exchange(heartbeat_due_, false)) schedule_deadline();
    if (building_ == Kind::heartbeat) schedule_deadline();
}

/// The frame's last byte was handed to the kernel.
void StreamConnection::complete(std::size_t bytes) noexcept {
    auto& metrics = host_.metrics();
    metrics.frames_sent.add();
    metrics.sent_bytes.add(bytes);
    if (building_ == Kind::snapshot && !std::exchange(snapshot_sent_, true)) {
        metrics.snapshots.add();
    }
    if (building_ != Kind::ticks) return;
    metrics.ticks_delivered.add(in_flight_.size());
    if (throttle_ == Duration{0}) {
        auto const now = Duration{std::chrono::steady_clock::now().time_since_epoch()}.count();
        for (auto const taken_in : in_flight_)
            metrics.delivery_latency.observe(now - taken_in);
    }
    in_flight_.clear();
}

void StreamConnection::rest_sent() noexcept {
    complete(std::exchange(unfinished_size_, 0));
}

void StreamConnection::output_ready() noexcept {
    if (finished_ || closing_) return;
    host_.hub().release(*this);
    if (!snapshot_sent_ && quotes_known()) host_.hub().enqueue(*this);
    queue_if_due();
}

}  // namespace tickcast
