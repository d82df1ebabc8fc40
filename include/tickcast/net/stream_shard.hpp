// A shard's streams: their registry, the writer of their slices, and the messages other threads
// send them. Owner: the Application; on its shard's thread but for `tell`. Outlives its
// connections.
#pragma once

#include "tickcast/base/clock.hpp"
#include "tickcast/config/settings.hpp"
#include "tickcast/hub/hub_shard.hpp"
#include "tickcast/hub/slice_writer.hpp"
#include "tickcast/model/ticker_table.hpp"
#include "tickcast/net/batch_sender.hpp"
#include "tickcast/net/frame_arena.hpp"
#include "tickcast/net/http_types.hpp"
#include "tickcast/net/stream_log.hpp"
#include "tickcast/net/stream_poller.hpp"
#include "tickcast/runtime/inbox.hpp"
#include "tickcast/runtime/shard.hpp"
#include "tickcast/session/session_map.hpp"

#include <boost/smart_ptr/intrusive_ptr.hpp>

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

namespace tickcast {

class StreamConnection;

/// A tick of a frame that is under way.
struct TickInFlight {
    TickerId ticker{};
    std::int64_t taken_in_ns{0};
};

/// What a stream is made for: its session's claim, and its number on the shard.
struct StreamTicket {
    SessionId session{};
    Claim claim{};
    std::uint64_t number{0};
};

/// What the streams of all shards share, read-only or atomic.
struct StreamContext {
    Settings const& settings;
    TickerTable& tickers;
    SessionMap& sessions;
    Clock const& clock;
    std::string epoch;  ///< changes with the process
    std::atomic<bool> const& feed_live;
    /// Tells a stream on whatever shard to close; any thread.
    std::function<void(StreamRef, CloseCode)> close_stream;
    /// Tells a stream on whatever shard that its session was changed; any thread.
    std::function<void(StreamRef)> stream_changed;
    /// Push (or a bus) is configured: any well-formed ticker can be subscribed to.
    bool accept_unknown_tickers{false};
};

class StreamShard final : private SliceWriter {
public:
    StreamShard(Shard& shard, HubShard& hub, StreamContext const& context,
                std::unique_ptr<BatchSender> sender);
    ~StreamShard() override;

    /// Claims the request's session and starts its stream; the HTTP side has checked the request.
    void start_stream(HandedSocket handed, HttpRequest request, HttpResponse head);
    /// Any thread: closes a stream of this shard, if it is still the one meant.
    void tell(StreamRef stream, CloseCode code) { inbox_.put({stream, code}); }
    /// Any thread: the stream's session was changed by a PATCH.
    void tell_changed(StreamRef stream) { inbox_.put({stream, std::nullopt}); }
    /// Closes all streams with 1001, evenly over that time; `done` is called once the last has
    /// ended, and sockets that linger were given kLingerAtEnd.
    void drain(Duration over, std::function<void()> done);
    /// Cuts what is left, without a closing handshake.
    void reset_all();
    /// Once a coarse tick: tells the streams of a change of the feed's state, and closes those
    /// whose turn it is in a drain.
    void tick();

    // For the connections.
    Shard& shard() noexcept { return shard_; }
    HubShard& hub() noexcept { return hub_; }
    StreamPoller& poller() noexcept { return poller_; }
    StreamLog& log() noexcept { return log_; }
    ShardMetrics& metrics() noexcept { return shard_.metrics(); }
    StreamContext const& context() const noexcept { return context_; }
    std::string_view feed_state() const noexcept { return feed_live_ ? "live" : "stale"; }
    /// When a client that is closed with this code shall come back, spread over all of them.
    std::uint32_t reconnect_in_ms(CloseCode code) noexcept;
    /// When an EventSource shall come back after a loss: not all of them in the same moment.
    std::uint32_t retry_ms() noexcept;
    /// Memory for one frame's accounting; empty between uses.
    std::vector<TickInFlight>& in_flight_scratch() noexcept { return in_flight_scratch_; }
    /// Where a read's bytes go that nobody looks at; any number of reads at a time.
    std::array<char, 512>& discarded() noexcept { return discarded_; }
    /// The stream has ended; its socket may linger until `closed`.
    void ended(std::uint64_t connection);
    void closed(std::uint64_t connection);

private:
    struct Command {
        StreamRef stream;
        std::optional<CloseCode> code;  ///< nothing: the session was changed
    };
    struct Outgoing {
        StreamConnection* connection;
        FrameArena const* arena;
        FrameArena::Frame frame;
    };

    void prefetch(Subscriber const& subscriber) noexcept override;
    bool add(Subscriber& subscriber) noexcept override;
    void send() noexcept override;
    static void refuse(ClientSocket socket, bool displaced);
    void obey(Command const& command);
    void close_due(SteadyTime now);
    void stop_lingering();
    void look_whether_drained();

    static constexpr std::size_t kSliceBytes = std::size_t{1} << 20;
    /// What sockets of streams that have ended get at most, once no stream is left in a drain, for
    /// their clients' FINs (CONTRACT END-7). Less would be a RST to some that are about to read our
    /// last words.
    static constexpr Duration kLingerAtEnd = std::chrono::seconds{1};

    using Connections = std::unordered_map<std::uint64_t, boost::intrusive_ptr<StreamConnection>>;

    Shard& shard_;
    HubShard& hub_;
    StreamContext const& context_;
    Inbox<Command> inbox_;
    StreamPoller poller_;
    StreamLog log_;
    std::unique_ptr<BatchSender> const sender_;
    FrameArena arena_;
    FrameArena tls_arena_;  ///< the records of frames that go out by TLS
    std::vector<Outgoing> outgoing_;
    std::vector<SendItem> items_;
    std::uint64_t next_connection_{1};
    Connections connections_;
    Connections lingering_;  ///< ended; each has a close deadline of its own
    bool feed_live_{true};
    std::vector<TickInFlight> in_flight_scratch_;
    std::array<char, 512> discarded_{};
    std::minstd_rand random_{std::random_device{}()};

    // The drain.
    std::function<void()> all_closed_;  ///< set until all are
    bool draining_{false};
    std::optional<SteadyTime> lingers_until_;  ///< all streams have ended
    std::vector<std::uint64_t> to_close_;
    std::size_t to_close_at_first_{0};
    SteadyTime drain_began_{};
    Duration drain_time_{0};
};

}  // namespace tickcast
