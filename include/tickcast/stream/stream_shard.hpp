// A shard's streams: their registry, the fan-out with its slices, and the messages that other
// threads send them. Owner: the Application; on its shard's thread but for `tell`. Outlives its
// connections.
#pragma once

#include "tickcast/base/clock.hpp"
#include "tickcast/http/stream_grant.hpp"
#include "tickcast/hub/fan_out.hpp"
#include "tickcast/metrics/shard_metrics.hpp"
#include "tickcast/model/ticker_table.hpp"
#include "tickcast/protocol/close_code.hpp"
#include "tickcast/protocol/feed_state.hpp"
#include "tickcast/runtime/inbox.hpp"
#include "tickcast/runtime/shard.hpp"
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

/// What a stream is made for: its session's claim, and its number on the shard.
struct StreamTicket {
    SessionId session{};
    Claim claim{};
    std::uint64_t number{0};
};

/// What the streams of all shards share, read-only or atomic.
struct StreamContext : SessionContext {
    std::string epoch;  ///< changes with the process
    std::atomic<bool> const& feed_live;
};

class StreamShard final : public StreamStarter {
public:
    /// A close that the peer has not answered by then is a reset (CONTRACT END-5).
    static constexpr Duration kCloseTime = std::chrono::seconds{5};

    /// All outlive this.
    StreamShard(Shard& shard, TickMailbox& mailbox, InterestSink& interest,
                StreamContext const& context, std::unique_ptr<BatchSender> sender);
    ~StreamShard() override;
    StreamShard(StreamShard const&) = delete;
    StreamShard& operator=(StreamShard const&) = delete;

    /// The mailbox holds ticks: they are taken in, and the first slice of them goes out.
    void take_in_ticks() noexcept {
        slices_.take_in();
        slices_.flush();
    }

    /// Claims the session and starts its stream.
    void start_stream(HandedSocket handed, HttpRequest request, StreamGrant grant) override;
    /// Any thread: closes a stream of this shard, if it is still the one meant.
    void tell(StreamRef stream, CloseCode code) { inbox_.put({stream, code}); }
    /// Any thread: the stream's session was changed by a PATCH.
    void tell_changed(StreamRef stream) { inbox_.put({stream, std::nullopt}); }
    /// Closes all streams with 1001, evenly over that time; `done` is called once the last has
    /// ended, and sockets that linger had a moment more.
    void drain(Duration over, std::function<void()> done);
    /// Cuts what is left, without a closing handshake.
    void reset_all() { streams_.reset_all(); }
    /// Once a coarse tick: tells the streams of a change of the feed's state, and closes those
    /// whose turn it is in a drain.
    void tick();

    // For the connections.
    Shard& shard() noexcept { return shard_; }
    FanOut& hub() noexcept { return fan_out_; }
    StreamPoller& poller() noexcept { return poller_; }
    StreamLog& log() noexcept { return log_; }
    ShardMetrics& metrics() noexcept { return shard_.metrics(); }
    StreamContext const& context() const noexcept { return context_; }
    FeedState feed_state() const noexcept {
        return feed_live_ ? FeedState::live : FeedState::stale;
    }
    /// When a client that is closed with this code shall come back, spread over all of them.
    std::uint32_t reconnect_in_ms(CloseCode code) noexcept;
    /// When an EventSource shall come back after a loss: not all of them in the same moment.
    std::uint32_t retry_ms() noexcept;
    StreamTimes const& times() const noexcept { return times_; }
    /// Memory for one frame's accounting; without ticks between uses.
    FrameInFlight& frame_in_flight() noexcept { return frame_in_flight_; }
    /// Where a read's bytes go that nobody looks at; any number of reads at a time.
    std::array<char, 512>& discarded() noexcept { return discarded_; }
    /// The stream has ended; its socket may linger until `closed`.
    void ended(std::uint64_t number) { streams_.ended(number, shard_.coarse_now()); }
    void closed(std::uint64_t number) { streams_.closed(number, shard_.coarse_now()); }

private:
    struct Command {
        StreamRef stream;
        std::optional<CloseCode> code;  ///< nothing: the session was changed
    };

    static void refuse(ClientSocket socket, bool displaced);
    void obey(Command const& command);

    Shard& shard_;
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
