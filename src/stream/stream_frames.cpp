// A stream's frames: how the next frame is built, and how a sent frame is accounted for. All of
// this code runs once per frame.
#include "stream/stream_output.hpp"
#include "tickcast/protocol/stream_messages.hpp"

#include <cerrno>
#include <utility>

namespace tickcast {

namespace {

bool is_full(std::ptrdiff_t taken) noexcept {
    return taken == -EAGAIN || taken == -EWOULDBLOCK || taken == -ENOBUFS;
}

}  // namespace

void StreamOutput::prefetch() const noexcept {
    constexpr std::size_t kCacheLine = 64;
    auto const* const begin = reinterpret_cast<char const*>(this);
    auto const* const end = reinterpret_cast<char const*>(&layer_) + OrderedLayer::kHotBytes;
    for (auto const* at = begin; at < end; at += kCacheLine)
        __builtin_prefetch(at, 1);
    __builtin_prefetch(end - 1, 1);  // the object need not begin at a cache line
}

bool StreamOutput::throttle_allows_ticks() noexcept {
    if (throttle_->throttle.allows(host_.loop().now())) return true;
    host_.fan_out().hold(*this);
    host_.loop().wheel().schedule(throttle_->timer, throttle_->throttle.next());
    return false;
}

std::optional<BuiltFrame> StreamOutput::build(FrameArena& arena) noexcept {
    if (!is_open()) return std::nullopt;
    if (!layer_.ready_for_data()) {
        host_.fan_out().hold(*this);  // held until `output_ready`
        return std::nullopt;
    }
    auto const kind = frames_.next(waiting(ticks_may_go()));
    if (!kind) {
        end_waiting();  // the marks wait for the throttle, not for the kernel
        return std::nullopt;
    }
    FrameContent content{.kind = *kind};
    switch (*kind) {
        case FrameKind::replies:
            content.messages = requests_.reply_count();
            return BuiltFrame{arena.add(requests_.reply_frames()), content};
        case FrameKind::ping:
            return BuiltFrame{arena.add(framing_.ping()), content};
        case FrameKind::snapshot:
            framing_.begin(arena, MessageType::snapshot,
                           frames_.snapshot_begun() ? kNoRetry : host_.retry_ms());
            build_snapshot(arena);
            break;
        case FrameKind::ticks:
            content.with_ping = frames_.ping_may_ride(host_.loop().coarse_now(), host_.times());
            framing_.begin(arena, MessageType::ticks, kNoRetry);
            write_ticks(arena,
                        [this](auto visit) { host_.fan_out().for_each_marked(*this, visit); });
            break;
        case FrameKind::status:
            framing_.begin(arena, MessageType::status, kNoRetry);
            write_status(arena, host_.feed_state());
            break;
        case FrameKind::heartbeat:
            framing_.begin(arena, MessageType::heartbeat, kNoRetry);
            write_heartbeat(arena, host_.context().clock.wall_us(), host_.feed_state());
            break;
    }
    auto range = framing_.end(arena);
    if (content.with_ping) range.end = arena.add(framing_.ping()).end;
    return BuiltFrame{range, content};
}

void StreamOutput::build_snapshot(FrameArena& arena) noexcept {
    auto const tickers = [this](auto visit) {
        host_.fan_out().for_each_unsettled(*this, [&](TickerId id, std::string_view) {
            visit(host_.context().tickers.name(id).view());
        });
    };
    auto const ticks = [this](auto visit) {
        host_.fan_out().for_each_unsettled(*this, [&](TickerId, std::string_view tick) {
            if (!tick.empty()) visit(tick);
        });
    };
    auto const session = session_.str();
    write_snapshot(arena,
                   {.session = session, .epoch = host_.context().epoch, .feed = host_.feed_state()},
                   tickers, ticks);
}

void StreamOutput::sent(FrameContent content, std::string_view bytes,
                        std::ptrdiff_t taken) noexcept {
    if (life_.is_finished()) return;
    if (taken < 0) {
        if (!is_full(taken)) {
            return broken({static_cast<int>(-taken), boost::system::system_category()});
        }
        if (!is_tls()) {  // the kernel took nothing: the marks stay for a newer frame
            host_.fan_out().hold(*this);
            return layer_.wait_until_writable();
        }
        taken = 0;  // the TLS records have their sequence numbers already: they must go out
    }
    auto const size = static_cast<std::size_t>(taken);
    auto& frame = host_.frame_in_flight();
    frame.content = content;
    frame.size = bytes.size();
    first_byte_taken(frame);
    if (requests_.any()) answer_requests_soon();
    if (size == bytes.size()) {
        last_byte_taken(frame);
        frame.ticks.clear();
        end_waiting();
        if (something_waits()) host_.fan_out().enqueue(*this);
        return;
    }
    unfinished_ = std::make_unique<FrameInFlight>(frame);
    frame.ticks.clear();
    if (size > 0) slow_.bytes_taken(host_.loop().coarse_peer_now());
    host_.fan_out().hold(*this);
    layer_.finish_later(bytes.substr(size));
}

/// From its first byte on a frame goes out as it is.
void StreamOutput::first_byte_taken(FrameInFlight& frame) noexcept {
    switch (frame.content.kind) {
        case FrameKind::snapshot:
            host_.fan_out().snapshot_accepted(*this);
            break;
        case FrameKind::replies:
            requests_.replies_sent();
            break;
        case FrameKind::ticks:
            host_.fan_out().frame_accepted(*this, [&](TickerId ticker, std::int64_t taken_in_ns) {
                frame.ticks.push_back({ticker, taken_in_ns});
            });
            break;
        default:
            break;
    }
    if (throttle_ && frame.content.is_paced()) throttle_->throttle.passed(host_.loop().now());
    bool const later = frames_.frame_begun(frame.content, host_.loop().coarse_now(), host_.times());
    if (later) schedule_deadline();
}

/// The kernel took the whole frame.
void StreamOutput::last_byte_taken(FrameInFlight const& frame) noexcept {
    auto& metrics = host_.metrics();
    metrics.frames_sent.add(frame.content.frames());
    metrics.sent_bytes.add(frame.size);
    if (frame.content.kind == FrameKind::snapshot && frames_.snapshot_sent()) {
        metrics.snapshots.add();
    }
    if (frame.content.kind != FrameKind::ticks) return;
    metrics.ticks_delivered.add(frame.ticks.size());
    if (throttle_) return;  // the latencies would include the waits of the throttle
    auto const now = Duration{host_.loop().now().time_since_epoch()}.count();
    for (auto const& tick : frame.ticks)
        metrics.delivery_latency.observe(now - tick.taken_in_ns);
}

void StreamOutput::rest_sent() noexcept {
    auto const frame = std::move(unfinished_);
    last_byte_taken(*frame);
}

}  // namespace tickcast
