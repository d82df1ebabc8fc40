#include "stream/stream_output.hpp"

#include "tickcast/protocol/stream_messages.hpp"

#include <boost/asio/post.hpp>

#include <cerrno>
#include <chrono>
#include <netinet/tcp.h>
#include <utility>

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

bool is_full(std::ptrdiff_t taken) noexcept {
    return taken == -EAGAIN || taken == -EWOULDBLOCK || taken == -ENOBUFS;
}

}  // namespace

StreamOutput::StreamOutput(StreamShard& host, ClientSocket socket, std::string read_ahead,
                           StreamTicket const& ticket, MessageEncoding const& encoding)
    : host_(host),
      frames_(host.shard().coarse_now()),
      encoding_(encoding),
      layer_(host.poller(), with_options(std::move(socket), host.context().settings),
             std::move(read_ahead), *this),
      session_(ticket.session) {
    if (ticket.claim.throttle_ms == 0) return;
    throttle_ = std::make_unique<ThrottleWait>(
        *this, Throttle{std::chrono::milliseconds{ticket.claim.throttle_ms}, SteadyTime::min()});
}

StreamOutput::ThrottleWait::ThrottleWait(StreamOutput& stream, Throttle value) noexcept
    : throttle(value),
      timer(
          [](void* self, SteadyTime) noexcept {
              auto* output = static_cast<StreamOutput*>(self);
              output->host_.hub().release(*output);
          },
          &stream) {}

void StreamOutput::open_output(std::string_view head, std::vector<TickerId> const& tickers) {
    layer_.open_for_data(head);
    host_.hub().subscribe(*this, tickers);
}

void StreamOutput::leave_hub() noexcept {
    host_.hub().unsubscribe_all(*this);
    if (throttle_) throttle_->timer.cancel();
}

void StreamOutput::abandon_output() noexcept {
    leave_hub();
    if (auto const frame = std::move(unfinished_)) {
        host_.metrics().ticks_abandoned.add(frame->ticks.size());
    }
    nothing_waits();
}

void StreamOutput::change_tickers(std::vector<TickerId> const& removed,
                                  std::vector<TickerId> const& added) {
    if (unfinished_) host_.metrics().ticks_abandoned.add(unfinished_->abandon(removed));
    host_.hub().unsubscribe(*this, removed);
    if (!added.empty()) host_.hub().subscribe(*this, added);
}

void StreamOutput::set_throttle(Duration interval) {
    if (interval == (throttle_ ? throttle_->throttle.interval() : Duration{0})) return;
    // Without a throttle no times were kept: the new one counts from now.
    auto const last = throttle_ ? throttle_->throttle.last() : host_.shard().now();
    throttle_.reset();
    if (interval > Duration{0}) {
        throttle_ = std::make_unique<ThrottleWait>(*this, Throttle{interval, last});
    }
    host_.hub().release(*this);
}

void StreamOutput::reply(MessageType type, std::string const& json) {
    encoding_.append(requests_.next_reply(), type, json, kNoRetry);
    host_.hub().enqueue(*this);
}

void StreamOutput::say_goodbye(std::string const& json, std::uint32_t retry_ms) {
    std::string frame;
    encoding_.append(frame, MessageType::goodbye, json, retry_ms);
    layer_.append(frame);
}

void StreamOutput::queue_if_due() noexcept {
    if (is_open() && frames_.something_due()) host_.hub().enqueue(*this);
}

void StreamOutput::prefetch() const noexcept {
    constexpr std::size_t kCacheLine = 64;
    auto const* const begin = reinterpret_cast<char const*>(this);
    auto const* const end = reinterpret_cast<char const*>(&layer_) + OrderedLayer::kHotBytes;
    for (auto const* at = begin; at < end; at += kCacheLine)
        __builtin_prefetch(at, 1);
    __builtin_prefetch(end - 1, 1);  // this need not begin a line
}

FrameSchedule::Waiting StreamOutput::waiting(bool ticks) const noexcept {
    return {.quotes_known = quotes_known(),
            .unsettled = unsettled(),
            .replies = requests_.has_replies(),
            .ticks = ticks};
}

bool StreamOutput::throttle_allows_ticks() noexcept {
    if (throttle_->throttle.allows(host_.shard().now())) return true;
    host_.hub().hold(*this);
    host_.shard().wheel().schedule(throttle_->timer, throttle_->throttle.next());
    return false;
}

std::optional<BuiltFrame> StreamOutput::build(FrameArena& arena) noexcept {
    if (!is_open()) return std::nullopt;
    if (!layer_.ready_for_data()) {
        host_.hub().hold(*this);  // until output_ready
        return std::nullopt;
    }
    auto const kind = frames_.next(waiting(ticks_may_go()));
    if (!kind) {
        nothing_waits();  // what is marked waits for its throttle, not for the kernel
        return std::nullopt;
    }
    FrameContent content{.kind = *kind};
    switch (*kind) {
        case FrameKind::replies:
            content.messages = requests_.reply_count();
            return BuiltFrame{arena.add(requests_.reply_frames()), content};
        case FrameKind::ping:
            return BuiltFrame{arena.add(encoding_.ping()), content};
        case FrameKind::snapshot:
            encoding_.begin(arena, MessageType::snapshot,
                            frames_.snapshot_begun() ? kNoRetry : host_.retry_ms());
            build_snapshot(arena);
            break;
        case FrameKind::ticks:
            content.with_ping = frames_.ping_may_ride(host_.shard().coarse_now(), host_.times());
            encoding_.begin(arena, MessageType::ticks, kNoRetry);
            write_ticks(arena, [this](auto visit) { host_.hub().for_each_marked(*this, visit); });
            break;
        case FrameKind::status:
            encoding_.begin(arena, MessageType::status, kNoRetry);
            write_status(arena, host_.feed_state());
            break;
        case FrameKind::heartbeat:
            encoding_.begin(arena, MessageType::heartbeat, kNoRetry);
            write_heartbeat(arena, host_.context().clock.wall_us(), host_.feed_state());
            break;
    }
    auto place = encoding_.end(arena);
    if (content.with_ping) place.end = arena.add(encoding_.ping()).end;
    return BuiltFrame{place, content};
}

void StreamOutput::build_snapshot(FrameArena& arena) noexcept {
    auto const tickers = [this](auto visit) {
        host_.hub().for_each_unsettled(*this, [&](TickerId id, std::string_view) {
            visit(host_.context().tickers.name(id).view());
        });
    };
    auto const ticks = [this](auto visit) {
        host_.hub().for_each_unsettled(*this, [&](TickerId, std::string_view tick) {
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
        if (!is_tls()) {  // nothing was taken: the marks stand, a newer frame will be built
            host_.hub().hold(*this);
            return layer_.wait_until_writable();
        }
        taken = 0;  // its records have their numbers: they go out
    }
    auto const size = static_cast<std::size_t>(taken);
    auto& frame = host_.frame_in_flight();
    frame.content = content;
    frame.size = bytes.size();
    first_byte_taken(frame);
    take_requests_soon();
    if (size == bytes.size()) {
        last_byte_taken(frame);
        frame.ticks.clear();
        nothing_waits();
        if (something_waits()) host_.hub().enqueue(*this);
        return;
    }
    unfinished_ = std::make_unique<FrameInFlight>(frame);
    frame.ticks.clear();
    if (size > 0) slow_.bytes_taken(host_.shard().coarse_peer_now());
    host_.hub().hold(*this);
    layer_.finish_later(bytes.substr(size));
}

/// It will go out as it is.
void StreamOutput::first_byte_taken(FrameInFlight& frame) noexcept {
    switch (frame.content.kind) {
        case FrameKind::snapshot:
            host_.hub().snapshot_taken(*this);
            break;
        case FrameKind::replies:
            requests_.replies_sent();
            break;
        case FrameKind::ticks:
            host_.hub().frame_taken(*this, [&](TickerId ticker, std::int64_t taken_in_ns) {
                frame.ticks.push_back({ticker, taken_in_ns});
            });
            break;
        default:
            break;
    }
    if (throttle_ && frame.content.is_paced()) throttle_->throttle.passed(host_.shard().now());
    bool const later = frames_.begun(frame.content, host_.shard().coarse_now(), host_.times());
    if (later) schedule_deadline();
}

/// It was handed to the kernel whole.
void StreamOutput::last_byte_taken(FrameInFlight const& frame) noexcept {
    auto& metrics = host_.metrics();
    metrics.frames_sent.add(frame.content.frames());
    metrics.sent_bytes.add(frame.size);
    if (frame.content.kind == FrameKind::snapshot && frames_.snapshot_sent()) {
        metrics.snapshots.add();
    }
    if (frame.content.kind != FrameKind::ticks) return;
    metrics.ticks_delivered.add(frame.ticks.size());
    if (throttle_) return;  // its waits would be in the latencies
    auto const now = Duration{host_.shard().now().time_since_epoch()}.count();
    for (auto const& tick : frame.ticks)
        metrics.delivery_latency.observe(now - tick.taken_in_ns);
}

void StreamOutput::rest_sent() noexcept {
    auto const frame = std::move(unfinished_);
    last_byte_taken(*frame);
}

void StreamOutput::output_ready() noexcept {
    if (!life_.is_open()) return;
    host_.hub().release(*this);
    // Something that is due is tried next, and has waited until that succeeds.
    if (something_waits()) {
        host_.hub().enqueue(*this);
    } else {
        nothing_waits();
    }
}

void StreamOutput::output_blocked() noexcept {
    if (life_.is_finished()) return;
    if (slow_.begin_waiting(host_.shard().coarse_peer_now())) schedule_deadline();
}

void StreamOutput::output_progress() noexcept {
    slow_.bytes_taken(host_.shard().coarse_peer_now());
}

void StreamOutput::frame_queued(std::size_t bytes) noexcept {
    host_.metrics().frames_sent.add();
    host_.metrics().sent_bytes.add(bytes);
}

/// Nothing waits for the kernel any more.
void StreamOutput::nothing_waits() noexcept {
    if (slow_.end_waiting()) host_.metrics().slow_clients.add(-1);
}

void StreamOutput::take_requests_soon() noexcept {
    if (!requests_.any()) return;
    asio::post(host_.shard().io(), [self = boost::intrusive_ptr{this}] { self->take_requests(); });
}

}  // namespace tickcast
