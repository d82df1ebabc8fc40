// One client's stream: its WebSocket, its session's claim, and its subscriber in the hub.
// Owner: the StreamShard's registry and the operations in progress, on the shard's thread; ends by
// one clean-up (`finish`), whatever the cause. Bounds: --max-message-bytes,
// --max-messages-per-second, --peer-timeout-seconds, --slow-client-seconds,
// --max-session-age-seconds, kCloseTime, kMaxReplies; output: see ordered_layer.hpp.
#pragma once

#include "tickcast/base/token_bucket.hpp"
#include "tickcast/hub/subscriber.hpp"
#include "tickcast/net/frame_arena.hpp"
#include "tickcast/net/http_types.hpp"
#include "tickcast/net/ordered_layer.hpp"
#include "tickcast/net/stream_shard.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tickcast {

class StreamConnection final : public Subscriber,
                               public std::enable_shared_from_this<StreamConnection>,
                               private OutputOwner {
public:
    /// A close that the peer has not answered by then is a reset.
    static constexpr Duration kCloseTime = std::chrono::seconds{5};
    /// While more than so many bytes of answers wait, no message is read.
    static constexpr std::size_t kMaxReplies = 4096;
    /// A client for which something has waited longer is a slow one (tickcast_slow_clients).
    static constexpr Duration kSlowAfter = std::chrono::seconds{1};

    StreamConnection(StreamShard& host, ClientSocket socket, ConnectionSlot slot,
                     std::string read_ahead, SessionId session, Claim claim, std::uint64_t number);
    ~StreamConnection();

    void start(HttpRequest const& request);
    /// Says goodbye and begins the closing handshake; the unfinished frame goes first. Later calls
    /// do nothing.
    void close(CloseCode code) noexcept;
    /// Ends the stream at once, by RST.
    void reset() noexcept;
    std::uint64_t generation() const noexcept { return generation_; }
    void feed_state_changed() noexcept;
    /// A PATCH changed the session: the stream follows and says `subscribed`.
    void session_changed() noexcept;

    // The writer's side, within a slice.

    /// Builds the next frame that is due, if the output takes one.
    std::optional<FrameArena::Frame> build(FrameArena& arena) noexcept;
    bool is_tls() noexcept { return layer().is_tls(); }
    /// With TLS: the records of the frame that was built last. False: the connection is broken.
    bool encrypt(std::string_view frame, ByteSink& records) noexcept {
        return layer().encrypt(frame, records);
    }
    int native_socket() noexcept { return layer().tcp().native_handle(); }
    /// What became of the frame that was built last, or of its records: bytes taken, or -errno.
    void sent(std::string_view frame, std::ptrdiff_t taken) noexcept;

private:
    enum class Kind : std::uint8_t { snapshot, replies, ticks, status, heartbeat, ping };
    using WebSocket = boost::beast::websocket::stream<OrderedLayer, false>;

    OrderedLayer& layer() noexcept { return websocket_.next_layer(); }

    std::shared_ptr<void> keep_alive() override { return shared_from_this(); }
    void rest_sent() noexcept override;
    void output_ready() noexcept override;
    void output_blocked() noexcept override;
    void output_progress() noexcept override;
    void output_failed() noexcept override;
    void frame_queued(std::size_t bytes) noexcept override;
    void close_frame_passed(unsigned code) noexcept override;
    void heard_from_peer() noexcept override;

    void accepted(SystemError error);
    void read();
    void message_read(SystemError error);
    bool admit_message() noexcept;
    void control_frame_read() noexcept;
    void flooded() noexcept;
    void flooded_soon() noexcept;
    /// Not closing, by either side.
    bool is_open() noexcept { return streaming_ && !closing_ && !layer().closing(); }
    bool may_take_message() const noexcept;
    void take_messages();
    void take_messages_soon() noexcept;
    void obey(std::string_view text);
    void adopt(SessionView view);
    void abandon_in_flight(std::vector<TickerId> const& removed) noexcept;
    void set_throttle(Duration throttle) noexcept;
    void reply(std::string const& json);
    void say_goodbye(CloseCode code);
    void end_session(CloseCode code) noexcept;
    void on_deadline(SteadyTime now) noexcept;
    void schedule_deadline() noexcept;
    bool check_output(SteadyTime now) noexcept;
    void output_is_free() noexcept;
    std::optional<Kind> due(SteadyTime now) noexcept;
    void build_snapshot(FrameArena& arena) noexcept;
    void build_ticks(FrameArena& arena) noexcept;
    bool something_due() const noexcept;
    void committed(std::vector<TickInFlight>& ticks) noexcept;
    void complete(std::size_t bytes, std::vector<TickInFlight> const& ticks) noexcept;
    void queue_if_due() noexcept;
    CloseCode how_it_ended() const noexcept;
    void finish(CloseCode code) noexcept;

    StreamShard& host_;
    ConnectionSlot const slot_;  ///< outlives the socket
    SessionId const session_;
    std::uint64_t const generation_;
    std::uint64_t const number_;
    SteadyTime const too_old_at_;
    Duration throttle_;
    TickerHold tickers_;  ///< as the session's, in its order
    WebSocket websocket_;
    boost::beast::flat_buffer incoming_;

    Kind building_{Kind::snapshot};        ///< the frame built or unfinished
    std::size_t unfinished_size_{0};       ///< of the whole frame, while its rest waits
    std::vector<TickInFlight> in_flight_;  ///< the ticks of an unfinished frame

    std::optional<TokenBucket> messages_;  ///< --max-messages-per-second
    std::string replies_;                  ///< answers not sent yet, as frames
    std::uint32_t replies_waiting_{0};     ///< how many
    std::uint32_t replies_sent_{0};        ///< in the frame that is under way
    std::uint32_t changes_{0};             ///< of the session, to be followed
    bool message_waits_{false};            ///< one is in incoming_, none is read meanwhile

    std::size_t reads_of_message_{0};  ///< of the socket, since a message ended
    bool streaming_{false};            ///< accepted
    bool finished_{false};
    bool snapshot_begun_{false};
    bool snapshot_sent_{false};
    bool slow_{false};
    bool status_due_{false};
    bool heartbeat_due_{false};
    bool ping_due_{false};
    std::optional<CloseCode> closing_;  ///< we began the closing handshake
    unsigned close_code_sent_{0};       ///< in the close frame that passed, whoever wrote it
    SteadyTime last_heard_;
    SteadyTime last_sent_;
    SteadyTime next_ping_;
    SteadyTime close_deadline_{SteadyTime::max()};
    SteadyTime last_paced_{SteadyTime::min()};     ///< the last ticks or snapshot, with a throttle
    SteadyTime waiting_since_{SteadyTime::max()};  ///< something waits for the kernel
    SteadyTime last_taken_{};                      ///< and this is when it last took a byte
    TimerNode deadline_;
    TimerNode throttle_timer_;
};

}  // namespace tickcast
