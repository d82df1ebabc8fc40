// The output of one client's stream: which frame is next, how a frame is built, and how hub and
// metrics account for a sent frame. A slice builds a frame and reports how many bytes of it the
// kernel took; OrderedLayer reports everything else. StreamConnection adds the stream's life.
// Owner: as the StreamConnection's, on the shard's thread. Bounds: see client_requests.hpp and
// ordered_layer.hpp.
#pragma once

#include "stream/client_requests.hpp"
#include "stream/frame_schedule.hpp"
#include "stream/message_framing.hpp"
#include "stream/slow_client_rule.hpp"
#include "stream/stream_life.hpp"
#include "stream/throttle.hpp"
#include "tickcast/hub/subscriber.hpp"
#include "tickcast/session/session_id.hpp"
#include "tickcast/stream/frame_in_flight.hpp"
#include "tickcast/stream/shard_streams.hpp"
#include "tickcast/transport/ordered_layer.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tickcast {

class StreamOutput : public OutputOwner, public Subscriber {
    /// The throttle of a client that has one, with its timer. Few streams have one.
    struct ThrottleWait {
        ThrottleWait(StreamOutput& stream, Throttle value) noexcept;

        Throttle throttle;
        TimerNode timer;
    };

public:
    // The functions that a slice calls.

    /// Prefetches the memory that `build` reads. With thousands of clients little of it is in a
    /// cache.
    void prefetch() const noexcept;
    /// Builds the next frame that is due, if the output takes one.
    std::optional<BuiltFrame> build(FrameArena& arena) noexcept;
    bool is_tls() const noexcept { return layer_.is_tls(); }
    /// With TLS: appends the records of the frame that was built last. False: the connection is
    /// broken.
    bool encrypt(std::string_view frame, ByteSink& records) noexcept {
        return layer_.encrypt(frame, records);
    }
    int native_socket() noexcept { return layer_.tcp().native_handle(); }
    /// Reports the result for the frame that was built last. `bytes`: the frame, or its TLS
    /// records. `taken`: how many of these bytes the kernel took, or -errno.
    void sent(FrameContent content, std::string_view bytes, std::ptrdiff_t taken) noexcept;

protected:
    /// `framing` can be a member of a derived class: it is used neither before `open_output` nor
    /// in the destructor.
    StreamOutput(ShardStreams& host, ClientSocket socket, std::string read_ahead,
                 StreamTicket const& ticket, MessageFraming const& framing);

    /// Frames can pass: the stream is open, and no side has begun to close.
    bool is_open() const noexcept { return life_.is_open() && !layer_.closing(); }

    /// Subscribes, and lets frames pass after `head`, which is not a frame.
    void open_output(std::string_view head, std::vector<TickerId> const& tickers);
    void leave_hub() noexcept;
    /// Abandons the ticks that are marked or in an unfinished frame. No frame follows.
    void abandon_output() noexcept;
    /// Changes the set of tickers: removes `removed` first, then adds `added`.
    void change_tickers(std::vector<TickerId> const& removed, std::vector<TickerId> const& added);
    /// `interval`: 0 for no throttle.
    void set_throttle(Duration interval);
    void reply(MessageType type, std::string const& json);
    /// Queues the last message, after the messages that wait already.
    void say_goodbye(std::string const& json, std::uint32_t retry_ms);
    /// A snapshot has had every ticker of the stream, those of the newest change included.
    bool is_settled() const noexcept { return frames_.snapshot_begun() && !unsettled(); }
    /// Queues the stream for a slice if a status, a heartbeat or a ping is due.
    void queue_if_due() noexcept;

    void output_progress() noexcept override;

    // The members that every frame reads or writes lie together, from here to `layer_`: see
    // `prefetch`.

    StreamLife life_;
    ShardStreams& host_;
    FrameSchedule frames_;
    ClientRequests requests_;
    SlowClientRule slow_;

private:
    std::unique_ptr<ThrottleWait> throttle_;
    MessageFraming const& framing_;

protected:
    OrderedLayer layer_;
    SessionId const session_;

private:
    // What the derived classes are notified of.

    /// The time of the next deadline has changed.
    virtual void schedule_deadline() noexcept = 0;
    /// The socket failed.
    virtual void broken(SystemError error) noexcept = 0;
    /// Answers the requests that wait. Must not be called from within a slice.
    virtual void answer_requests() = 0;

    void rest_sent() noexcept override;
    void output_ready() noexcept override;
    void output_blocked() noexcept override;
    void frame_queued(std::size_t bytes) noexcept override;

    FrameSchedule::Waiting waiting(bool ticks) const noexcept {
        return {.quotes_known = quotes_known(),
                .unsettled = unsettled(),
                .replies = requests_.has_replies(),
                .ticks = ticks};
    }
    bool ticks_may_go() noexcept { return marked() && (!throttle_ || throttle_allows_ticks()); }
    bool throttle_allows_ticks() noexcept;
    bool something_waits() const noexcept { return frames_.next(waiting(marked())).has_value(); }
    void build_snapshot(FrameArena& arena) noexcept;
    void first_byte_taken(FrameInFlight& frame) noexcept;
    void last_byte_taken(FrameInFlight const& frame) noexcept;
    /// Nothing waits for the kernel any more.
    void end_waiting() noexcept {
        if (slow_.end_waiting()) host_.metrics().slow_clients.add(-1);
    }
    /// Posts `answer_requests`: called from within a slice it would enter the slice again.
    void answer_requests_soon() noexcept;

    std::unique_ptr<FrameInFlight> unfinished_;  ///< the kernel took a part; `layer_` has the rest
};

}  // namespace tickcast
