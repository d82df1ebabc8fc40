// A shard's streams: their registry, the fan-out with its slices, and the messages that other
// threads send them. Owner: the Shard, on its thread; any thread can call `close_stream` and
// `notify_changed`. Outlives its connections. Bounds: see stream_registry.hpp and slice_loop.hpp.
#pragma once

#include "tickcast/base/clock.hpp"
#include "tickcast/http/stream_grant.hpp"
#include "tickcast/hub/fan_out.hpp"
#include "tickcast/metrics/shard_metrics.hpp"
#include "tickcast/model/ticker_table.hpp"
#include "tickcast/protocol/close_code.hpp"
#include "tickcast/protocol/feed_state.hpp"
#include "tickcast/runtime/event_loop.hpp"
#include "tickcast/runtime/inbox.hpp"
#include "tickcast/session/session_context.hpp"
#include "tickcast/stream/frame_in_flight.hpp"
#include "tickcast/stream/slice_loop.hpp"
#include "tickcast/stream/slice_sender.hpp"
#include "tickcast/stream/stream_log.hpp"
#include "tickcast/stream/stream_registry.hpp"
#include "tickcast/stream/stream_times.hpp"
#include "tickcast/transport/stream_poller.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>

namespace tickcast {

/// A new stream: its session, the claim of the session, the stream's number on the shard, and how
/// its ticks are encoded.
struct StreamTicket {
    SessionId session{};
    Claim claim{};
    std::uint64_t number{0};
    TickEncoding encoding{TickEncoding::json};
};

/// The data that the streams of all shards share; read-only or atomic.
struct StreamContext : SessionContext {
    std::string epoch;  ///< a new one for each start of the process
    std::atomic<bool> const& feed_live;
};

class ShardStreams final : public StreamStarter {
public:
    /// A connection whose peer has not answered a close after this time is reset (CONTRACT END-5).
    static constexpr Duration kCloseTime = std::chrono::seconds{5};

    /// All outlive this.
    ShardStreams(EventLoop& loop, TickMailbox& mailbox, InterestSink& interest,
                 StreamContext const& context, std::unique_ptr<BatchSender> sender);
    ~ShardStreams() override;
    ShardStreams(ShardStreams const&) = delete;
    ShardStreams& operator=(ShardStreams const&) = delete;

    /// Takes in the ticks that the mailbox holds, and sends the first slice.
    void take_in_ticks() noexcept {
        slices_.take_in();
        slices_.flush();
    }

    /// Claims the session and starts its stream.
    void start_stream(HandedSocket handed, HttpRequest request, StreamGrant grant) override;
    /// Any thread: closes a stream of this shard, unless it has ended or its session was taken
    /// over.
    void close_stream(StreamRef stream, CloseCode code) { inbox_.put({stream, code}); }
    /// Any thread: reports to a stream that a PATCH changed its session.
    void notify_changed(StreamRef stream) { inbox_.put({stream, std::nullopt}); }
    /// Closes all streams with 1001, evenly over the time `over`. Calls `done` once the last stream
    /// has ended and the sockets that linger have had a moment more.
    void drain(Duration over, std::function<void()> done);
    /// Closes all connections that are left, without a closing handshake.
    void reset_all() { streams_.reset_all(); }
    /// Once per coarse tick: reports a change of the feed's state to the streams, and closes the
    /// streams of a drain that must be closed by now.
    void tick();

    // For the connections.
    EventLoop& loop() noexcept { return loop_; }
    FanOut& fan_out() noexcept { return fan_out_; }
    StreamPoller& poller() noexcept { return poller_; }
    StreamLog& log() noexcept { return log_; }
    ShardMetrics& metrics() noexcept { return loop_.metrics(); }
    StreamContext const& context() const noexcept { return context_; }
    FeedState feed_state() const noexcept {
        return feed_live_ ? FeedState::live : FeedState::stale;
    }
    /// After how long a client that is closed with this code should come back; random, so that the
    /// clients come back spread over a time.
    std::uint32_t reconnect_in_ms(CloseCode code) noexcept;
    /// After how long an EventSource should come back after a loss; random, so that not all come
    /// back in the same moment.
    std::uint32_t retry_ms() noexcept;
    StreamTimes const& times() const noexcept { return times_; }
    /// Memory to account for one frame. It holds no ticks between two uses.
    FrameInFlight& frame_in_flight() noexcept { return frame_in_flight_; }
    /// The buffer of reads whose bytes are discarded; any number of reads can use it at the same
    /// time.
    std::array<char, 512>& discarded() noexcept { return discarded_; }
    /// The stream has ended; its socket may linger until `closed`.
    void ended(std::uint64_t number) { streams_.ended(number, loop_.coarse_now()); }
    void closed(std::uint64_t number) { streams_.closed(number, loop_.coarse_now()); }

private:
    struct Command {
        StreamRef stream;
        std::optional<CloseCode> code;  ///< nothing: a PATCH changed the session
    };

    void refuse(ClientSocket socket, bool displaced);
    void obey(Command const& command);

    EventLoop& loop_;
    StreamContext const& context_;
    StreamTimes const times_;
    FanOut fan_out_;
    SliceSender sender_;
    SliceLoop slices_;
    Inbox<Command> inbox_;
    StreamPoller poller_;
    StreamLog log_;
    StreamRegistry streams_;
    bool feed_live_{true};
    FrameInFlight frame_in_flight_;
    std::array<char, 512> discarded_{};
    std::minstd_rand random_{std::random_device{}()};
};

}  // namespace tickcast
