// One client's stream: its WebSocket, its session's claim, and its subscriber in the hub.
// Owner: the StreamShard's registry and the operations in progress, on the shard's thread; ends by
// one clean-up (`finish`), whatever the cause. Bounds: --max-message-bytes, --heartbeat-seconds,
// --ping-seconds, --peer-timeout-seconds, kCloseSeconds; output: see ordered_layer.hpp.
#pragma once

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

    StreamConnection(StreamShard& host, TcpSocket socket, std::string read_ahead, SessionId session,
                     Claim claim, std::uint64_t number);
    ~StreamConnection();

    void start(HttpRequest const& request);
    /// Begins the closing handshake; the unfinished frame goes first. Later calls do nothing.
    void close(CloseCode code) noexcept;
    /// Ends the stream at once, by RST.
    void reset() noexcept;
    std::uint64_t generation() const noexcept { return generation_; }
    void feed_state_changed() noexcept;

    // The writer's side, within a slice.

    /// Builds the next frame that is due, if the output takes one.
    std::optional<FrameArena::Frame> build(FrameArena& arena) noexcept;
    int native_socket() noexcept { return layer().socket().native_handle(); }
    /// What became of the frame that was built last: bytes taken, or -errno.
    void sent(std::string_view frame, std::ptrdiff_t taken) noexcept;

private:
    enum class Kind : std::uint8_t { snapshot, ticks, status, heartbeat, ping };
    using WebSocket = boost::beast::websocket::stream<OrderedLayer, false>;

    OrderedLayer& layer() noexcept { return websocket_.next_layer(); }

    std::shared_ptr<void> keep_alive() override { return shared_from_this(); }
    void rest_sent() noexcept override;
    void output_ready() noexcept override;
    void close_frame_passed(unsigned code) noexcept override;
    void heard_from_peer() noexcept override;

    void accepted(SystemError error);
    void read();
    void message_read(SystemError error);
    void on_deadline(SteadyTime now) noexcept;
    void schedule_deadline() noexcept;
    std::optional<Kind> due(SteadyTime now) noexcept;
    void build_snapshot(FrameArena& arena) noexcept;
    void build_ticks(FrameArena& arena) noexcept;
    void committed() noexcept;
    void complete(std::size_t bytes) noexcept;
    void queue_if_due() noexcept;
    CloseCode how_it_ended() const noexcept;
    void finish(CloseCode code) noexcept;

    StreamShard& host_;
    SessionId const session_;
    std::uint64_t const generation_;
    std::uint64_t const number_;
    Duration const throttle_;
    TickerHold tickers_;
    WebSocket websocket_;
    boost::beast::flat_buffer incoming_;

    Kind building_{Kind::snapshot};        ///< the frame built or unfinished
    std::size_t unfinished_size_{0};       ///< of the whole frame, while its rest waits
    std::vector<std::int64_t> in_flight_;  ///< taken-in times of an unfinished frame's ticks (ns)

    bool streaming_{false};  ///< accepted
    bool finished_{false};
    bool snapshot_sent_{false};
    bool status_due_{false};
    bool heartbeat_due_{false};
    bool ping_due_{false};
    std::optional<CloseCode> closing_;  ///< we began the closing handshake
    unsigned close_code_sent_{0};       ///< in the close frame that passed, whoever wrote it
    SteadyTime last_heard_;
    SteadyTime last_sent_;
    SteadyTime next_ping_;
    SteadyTime close_deadline_{SteadyTime::max()};
    SteadyTime next_ticks_{SteadyTime::min()};
    TimerNode deadline_;
    TimerNode throttle_timer_;
};

}  // namespace tickcast
