// One client's stream, whatever its transport: its session's claim, its subscriber in the hub, its
// deadlines and its ordered output. WebSocketStream and EventStream add the encoding, and what
// comes from the peer. Owner: the StreamShard's registry and the operations in progress, on the
// shard's thread; ends by one clean-up (`end_stream`), whatever the cause. Where both sides have
// said their last, the socket alone lingers for the peer's FIN (`finish` closes it). Bounds:
// --slow-client-seconds, --max-session-age-seconds, kCloseTime, kMaxReplies; see ordered_layer.hpp.
#pragma once

#include "tickcast/http/http_types.hpp"
#include "tickcast/hub/subscriber.hpp"
#include "tickcast/protocol/close_code.hpp"
#include "tickcast/protocol/stream_messages.hpp"
#include "tickcast/stream/frame_arena.hpp"
#include "tickcast/stream/stream_shard.hpp"
#include "tickcast/transport/ordered_layer.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tickcast {

class StreamConnection : public OutputOwner, public Subscriber {
    enum class Kind : std::uint8_t { snapshot, replies, ticks, status, heartbeat, ping };

    // What few streams need at a time is not in all of them.

    /// Of a client that wants its ticks only so often.
    struct Throttle {
        Throttle(StreamConnection& stream, Duration between, SteadyTime last) noexcept;

        Duration interval;
        SteadyTime last_paced;  ///< the last ticks or snapshot
        TimerNode timer;
    };
    /// Answers not sent yet, as frames.
    struct Replies {
        std::string frames;
        std::uint32_t count{0};
    };
    /// A frame of which the kernel took a part; the layer has the rest.
    struct Unfinished {
        std::size_t size;
        std::vector<TickInFlight> ticks;
    };

public:
    /// A close that the peer has not answered by then is a reset (CONTRACT END-5).
    static constexpr Duration kCloseTime = std::chrono::seconds{5};
    /// While more than so many bytes of answers wait, nothing that makes another is looked at.
    static constexpr std::size_t kMaxReplies = 4096;
    /// A client for which something has waited longer is a slow one (CONTRACT MET-22).
    static constexpr Duration kSlowAfter = std::chrono::seconds{1};

    /// Says goodbye and begins to close; the unfinished frame goes first. Later calls do nothing.
    void close(CloseCode code) noexcept;
    /// Ends the stream at once, by RST.
    void reset() noexcept;
    /// Waits no longer for the peer's FIN, of a stream that has ended.
    void stop_lingering() noexcept;
    std::uint64_t generation() const noexcept { return generation_; }
    void feed_state_changed() noexcept;
    /// A PATCH changed the session: the stream follows and says `subscribed`.
    void session_changed() noexcept;

    // The writer's side, within a slice.

    /// Fetches what building a frame will read: of thousands of clients little is in a cache.
    void prefetch() const noexcept;
    /// Builds the next frame that is due, if the output takes one.
    std::optional<FrameArena::Frame> build(FrameArena& arena) noexcept;
    bool is_tls() const noexcept { return layer_.is_tls(); }
    /// With TLS: the records of the frame that was built last. False: the connection is broken.
    bool encrypt(std::string_view frame, ByteSink& records) noexcept {
        return layer_.encrypt(frame, records);
    }
    int native_socket() noexcept { return layer_.tcp().native_handle(); }
    /// What became of the frame that was built last, or of its records: bytes taken, or -errno.
    void sent(std::string_view frame, std::ptrdiff_t taken) noexcept;

protected:
    StreamConnection(Transport transport, StreamShard& host, HandedSocket handed,
                     StreamTicket ticket);
    ~StreamConnection() override;

    /// The handshake is over: subscribes, and lets frames pass behind `head`, which is none.
    void opened(std::string_view head = {});
    /// Closing, by either side, or closed.
    bool is_ending() const noexcept { return closing_ || layer_.closing(); }
    /// The handshake is over, and nobody closes.
    bool is_open() const noexcept { return streaming_ && !is_ending(); }
    bool snapshot_begun() const noexcept { return snapshot_begun_; }
    bool may_take_message() const noexcept;
    void take_messages();
    void adopt(SessionView view);
    void reply(MessageType type, std::string const& json);
    void schedule_deadline() noexcept;
    /// The socket failed.
    void broken(SystemError error) noexcept;
    CloseCode how_it_ended() const noexcept;
    /// Closes the socket; the stream has ended by then at the latest.
    void finish(CloseCode code) noexcept;

    void output_progress() noexcept override;
    unsigned close_frame_passes(unsigned code) noexcept override;

    // What every frame reads or writes, up to the layer's own, lies together: see `prefetch`.

    std::optional<CloseCode> closing_;  ///< we began to close
    bool streaming_{false};             ///< the handshake is over
    bool finished_{false};              ///< the socket is closed
    StreamShard& host_;
    SteadyTime next_ping_{SteadyTime::max()};  ///< where the transport has pings
    bool message_waits_{false};  ///< the client's own waits to be taken, none is read meanwhile

private:
    Kind building_{Kind::snapshot};  ///< the frame built or unfinished
    bool snapshot_begun_{false};
    bool snapshot_sent_{false};
    bool slow_{false};
    bool ended_{false};  ///< for session, hub and metrics; the socket may linger
    bool status_due_{false};
    bool heartbeat_due_{false};
    bool ping_due_{false};
    bool ping_rides_{false};         ///< behind the ticks of the frame built or unfinished
    std::uint32_t replies_sent_{0};  ///< in the frame that is under way
    std::uint32_t changes_{0};       ///< of the session, to be followed
    std::unique_ptr<Throttle> throttle_;
    std::unique_ptr<Replies> replies_;
    SteadyTime last_sent_;
    PeerTime waiting_since_{PeerTime::max()};  ///< something waits for the kernel
    ConnectionSlot const slot_;                ///< outlives the socket

protected:
    OrderedLayer layer_;
    SessionId const session_;
    std::uint64_t const generation_;

private:
    // What differs between the transports.

    /// A message whose JSON is then appended to the arena.
    virtual void begin_message(FrameArena& arena, MessageType type) noexcept = 0;
    virtual FrameArena::Frame end_message(FrameArena& arena) noexcept = 0;
    /// A whole frame; none where `next_ping_` never comes.
    virtual std::string_view ping_frame() const noexcept { return {}; }
    virtual void append_message(MessageType type, std::string_view json,
                                std::string& frames) const = 0;
    /// When to come back, where the encoding itself can say so: right before a message.
    virtual void append_retry(std::uint32_t, std::string&) const {}
    /// The end of our output, behind the goodbye; the stream ends with it once the peer has had
    /// its say, where it has one.
    virtual void end_output(CloseCode code) = 0;
    /// When a peer that says nothing more is given up.
    virtual PeerTime silent_at() const noexcept = 0;
    /// Takes the client's own message that waits, where it can have any.
    virtual void take_message() {}
    /// As intended by the side that began it, where that was not us.
    virtual CloseCode how_peer_ended() const noexcept = 0;

    void rest_sent() noexcept override;
    void output_ready() noexcept override;
    void output_blocked() noexcept override;
    void output_failed(SystemError error) noexcept override;
    void output_ended() noexcept override;
    void frame_queued(std::size_t bytes) noexcept override;

    void note(SystemError error) noexcept;
    void take_messages_soon() noexcept;
    void abandon_in_flight(std::vector<TickerId> const& removed) noexcept;
    void set_throttle(Duration interval);
    void leave_hub() noexcept;
    void say_goodbye(CloseCode code);
    void end_session(CloseCode code) noexcept;
    void end_stream(CloseCode code) noexcept;
    void on_deadline(SteadyTime now) noexcept;
    bool check_output(PeerTime now) noexcept;
    bool is_silent(PeerTime now) noexcept;
    void begin_close_time() noexcept;
    void output_is_free() noexcept;
    std::optional<Kind> due(SteadyTime now) noexcept;
    void build_snapshot(FrameArena& arena) noexcept;
    void build_ticks(FrameArena& arena) noexcept;
    bool ping_may_ride() const noexcept;
    void pinged(SteadyTime now) noexcept;
    bool something_due() const noexcept;
    void committed(std::vector<TickInFlight>& ticks) noexcept;
    void complete(std::size_t bytes, std::vector<TickInFlight> const& ticks) noexcept;
    void queue_if_due() noexcept;
    Gauge& open_streams() noexcept;

    std::uint64_t const number_;
    SteadyTime const too_old_at_;
    TickerHold tickers_;  ///< as the session's, in its order
    std::unique_ptr<Unfinished> unfinished_;
    PeerTime close_deadline_{PeerTime::max()};
    PeerTime last_taken_{};  ///< while something waits: the kernel's last byte
    TimerNode deadline_;
    Transport const transport_;
};

}  // namespace tickcast
