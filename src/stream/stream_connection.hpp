// The life of one client's stream, on any transport: the claim of its session, its deadlines, its
// end. StreamOutput sends; WebSocketStream and EventStream read from the peer and close their
// transport. Owner: the registry of the ShardStreams and the operations in progress, on the shard's
// thread. Every stream ends by one clean-up (`end_stream`), whatever the cause. After the last
// bytes of both sides only the socket lingers for the peer's FIN; `finish` closes it. Bounds:
// --slow-client-seconds, --max-session-age-seconds, ShardStreams::kCloseTime.
#pragma once

#include "stream/stream_output.hpp"
#include "tickcast/http/stream_grant.hpp"
#include "tickcast/protocol/close_code.hpp"
#include "tickcast/protocol/stream_transport.hpp"

#include <cstdint>
#include <string_view>

namespace tickcast {

class StreamConnection : public StreamOutput {
public:
    /// Sends the unfinished frame and the goodbye, and begins to close. Later calls do nothing.
    void close(CloseCode code) noexcept;
    /// Ends the stream at once, by RST.
    void reset() noexcept;
    /// Closes the socket of a stream that has ended, without waiting longer for the peer's FIN.
    void stop_lingering() noexcept;
    std::uint64_t generation() const noexcept { return generation_; }
    void feed_state_changed() noexcept;
    /// A PATCH changed the session: the stream adopts the change and answers with `subscribed`.
    void session_changed() noexcept;

protected:
    /// `framing`: see StreamOutput's constructor.
    StreamConnection(Transport transport, ShardStreams& host, HandedSocket handed,
                     StreamTicket ticket, MessageFraming const& framing);
    ~StreamConnection() override;

    /// The handshake is over: subscribes, and lets frames pass after `head`, which is not a frame.
    void opened(std::string_view head = {});
    /// Carries out a `close` that came during the handshake, if one did.
    void close_if_asked() noexcept;
    void answer_requests() override;
    /// Makes the stream follow its session as it is now, and answers with `subscribed`.
    void adopt(SessionView view);
    void schedule_deadline() noexcept override;
    void broken(SystemError error) noexcept override;
    CloseCode how_it_ended() const noexcept;
    /// Closes the socket, and ends the stream if it has not ended yet.
    void finish(CloseCode code) noexcept;

    unsigned close_frame_passes(unsigned code) noexcept override;

private:
    // What differs between the transports.

    /// Ends our output after the goodbye. The stream ends then, or once the peer has answered, on a
    /// transport where the peer answers.
    virtual void end_output(CloseCode code) = 0;
    /// The time at which a peer that sends nothing more is given up.
    virtual PeerTime silent_at() const noexcept = 0;
    /// Answers the client's message that waits, on a transport that has such messages.
    virtual void answer_message() {}
    /// The code of an end that the peer began, or that was a loss.
    virtual CloseCode how_peer_ended() const noexcept = 0;

    void output_failed(SystemError error) noexcept override;
    void output_ended() noexcept override;

    void note(SystemError error) noexcept;
    void end_session(CloseCode code) noexcept;
    void begin_close_time() noexcept;
    void carry_out_close(CloseCode code);
    void say_why(CloseCode code);
    void end_stream(CloseCode code) noexcept;
    void on_deadline(SteadyTime now) noexcept;
    bool is_silent(PeerTime now) noexcept;
    bool is_too_slow(PeerTime now) noexcept;
    bool may_answer_request() const noexcept {
        return is_open() && requests_.may_take(is_settled());
    }
    Gauge& open_streams() noexcept;

    /// All that ends or wakes the stream by time, with one timer.
    struct Deadline {
        SteadyTime too_old_at;
        PeerTime close_by{PeerTime::max()};
        TimerNode timer;
    };

    std::uint64_t const generation_;  ///< the generation of its claim of the session
    std::uint64_t const number_;      ///< its number in the shard's registry
    ConnectionSlot const slot_;       ///< the socket is closed before the slot is freed
    TickerHold tickers_;              ///< the session's tickers, in the session's order
    Deadline deadline_;
    Transport const transport_;
};

}  // namespace tickcast
