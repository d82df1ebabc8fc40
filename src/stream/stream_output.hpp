// The output of one client's stream: which frame is next, how it is built, and what its sending
// means for hub and metrics. A slice builds a frame and reports what the kernel took of it; the
// ordered output below reports everything else. StreamConnection adds the stream's life.
// Owner: as the StreamConnection's. Shard's thread. Bounds: see requests.hpp, ordered_layer.hpp.
#pragma once

#include "stream/frame_schedule.hpp"
#include "stream/message_encoding.hpp"
#include "stream/requests.hpp"
#include "stream/slow_client_rule.hpp"
#include "stream/stream_life.hpp"
#include "stream/throttle.hpp"
#include "tickcast/hub/subscriber.hpp"
#include "tickcast/session/session_id.hpp"
#include "tickcast/stream/frame_in_flight.hpp"
#include "tickcast/stream/stream_shard.hpp"
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
    /// Of a client that wants its ticks only so often: few streams have one.
    struct ThrottleWait {
        ThrottleWait(StreamOutput& stream, Throttle value) noexcept;

        Throttle throttle;
        TimerNode timer;
    };

public:
    // The slice's side.

    /// Fetches what building a frame will read: of thousands of clients little is in a cache.
    void prefetch() const noexcept;
    /// Builds the next frame that is due, if the output takes one.
    std::optional<BuiltFrame> build(FrameArena& arena) noexcept;
    bool is_tls() const noexcept { return layer_.is_tls(); }
    /// With TLS: the records of the frame that was built last. False: the connection is broken.
    bool encrypt(std::string_view frame, ByteSink& records) noexcept {
        return layer_.encrypt(frame, records);
    }
    int native_socket() noexcept { return layer_.tcp().native_handle(); }
    /// What became of the frame that was built last, whose bytes (or records) are these: how many
    /// were taken, or -errno.
    void sent(FrameContent content, std::string_view bytes, std::ptrdiff_t taken) noexcept;

protected:
    /// `encoding` is not used before `open_output`, nor in the destructor: a derived class may have
    /// it.
    StreamOutput(StreamShard& host, ClientSocket socket, std::string read_ahead,
                 StreamTicket const& ticket, MessageEncoding const& encoding);

    /// Frames may pass, and no side has begun to close.
    bool is_open() const noexcept { return life_.is_open() && !layer_.closing(); }

    /// Subscribes, and lets frames pass behind `head`, which is none.
    void open_output(std::string_view head, std::vector<TickerId> const& tickers);
    void leave_hub() noexcept;
    /// No frame follows; the ticks that are marked or in an unfinished frame are given up.
    void abandon_output() noexcept;
    /// Another set of tickers: these are removed first, then those are added.
    void change_tickers(std::vector<TickerId> const& removed, std::vector<TickerId> const& added);
    /// 0: none.
    void set_throttle(Duration interval);
    void reply(MessageType type, std::string const& json);
    /// The last message; it may wait behind others.
    void say_goodbye(std::string const& json, std::uint32_t retry_ms);
    /// Every change was answered, and what it added is in a snapshot.
    bool is_settled() const noexcept { return frames_.snapshot_begun() && !unsettled(); }
    /// Has its turn in a slice where a status, a heartbeat or a ping is due.
    void queue_if_due() noexcept;

    void output_progress() noexcept override;

    // What every frame reads or writes, up to the layer's own, lies together: see `prefetch`.

    StreamLife life_;
    StreamShard& host_;
    FrameSchedule frames_;
    Requests requests_;
    SlowClientRule slow_;

private:
    std::unique_ptr<ThrottleWait> throttle_;
    MessageEncoding const& encoding_;

protected:
    OrderedLayer layer_;
    SessionId const session_;

private:
    // What the life hears.

    /// The time of the next deadline has changed.
    virtual void schedule_deadline() noexcept = 0;
    /// The socket failed.
    virtual void broken(SystemError error) noexcept = 0;
    /// Looks at what waits for its answer; never from within a slice.
    virtual void take_requests() = 0;

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
    /// Not from within the slice, which must not be entered again.
    void take_requests_soon() noexcept;

    std::unique_ptr<FrameInFlight> unfinished_;  ///< the kernel took a part; the layer has the rest
};

}  // namespace tickcast
