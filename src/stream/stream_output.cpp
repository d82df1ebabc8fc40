#include "stream/stream_output.hpp"

#include <boost/asio/post.hpp>

#include <chrono>
#include <netinet/tcp.h>
#include <utility>

namespace tickcast {

namespace {

/// Bytes that are not sent yet should stay in this process, where a newer tick can replace an older
/// one.
constexpr int kNotSentLowWater = 16 * 1024;

ClientSocket with_options(ClientSocket socket, Settings const& settings) {
    SystemError ignored;  // the first read reports a socket that is gone already
    auto& tcp = socket.tcp();
    tcp.set_option(asio::ip::tcp::no_delay{true}, ignored);
    tcp.set_option(
        asio::socket_base::send_buffer_size{static_cast<int>(settings.stream_send_buffer_bytes)},
        ignored);
    ::setsockopt(tcp.native_handle(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &kNotSentLowWater,
                 sizeof kNotSentLowWater);
    return socket;
}

}  // namespace

StreamOutput::StreamOutput(ShardStreams& host, ClientSocket socket, std::string read_ahead,
                           StreamTicket const& ticket, MessageFraming const& framing)
    : Subscriber(ticket.encoding),
      host_(host),
      frames_(host.loop().coarse_now()),
      framing_(framing),
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
              output->host_.fan_out().release(*output);
          },
          &stream) {}

void StreamOutput::open_output(std::string_view head, std::vector<TickerId> const& tickers) {
    layer_.open_for_data(head);
    host_.fan_out().subscribe(*this, tickers);
}

void StreamOutput::leave_hub() noexcept {
    host_.fan_out().unsubscribe_all(*this);
    if (throttle_) throttle_->timer.cancel();
}

void StreamOutput::abandon_output() noexcept {
    leave_hub();
    if (auto const frame = std::move(unfinished_)) {
        host_.metrics().ticks_abandoned.add(frame->ticks.size());
    }
    end_waiting();
}

void StreamOutput::change_tickers(std::vector<TickerId> const& removed,
                                  std::vector<TickerId> const& added) {
    if (unfinished_) host_.metrics().ticks_abandoned.add(unfinished_->abandon(removed));
    host_.fan_out().unsubscribe(*this, removed);
    if (!added.empty()) host_.fan_out().subscribe(*this, added);
}

void StreamOutput::set_throttle(Duration interval) {
    if (interval == (throttle_ ? throttle_->throttle.interval() : Duration{0})) return;
    // Without a throttle no time was kept: the new throttle counts from now.
    auto const last = throttle_ ? throttle_->throttle.last() : host_.loop().now();
    throttle_.reset();
    if (interval > Duration{0}) {
        throttle_ = std::make_unique<ThrottleWait>(*this, Throttle{interval, last});
    }
    host_.fan_out().release(*this);
}

void StreamOutput::reply(MessageType type, std::string const& json) {
    framing_.append(requests_.next_reply(), type, json, kNoRetry);
    host_.fan_out().enqueue(*this);
}

void StreamOutput::say_goodbye(std::string const& json, std::uint32_t retry_ms) {
    std::string frame;
    framing_.append(frame, MessageType::goodbye, json, retry_ms);
    layer_.append(frame);
}

void StreamOutput::queue_if_due() noexcept {
    if (is_open() && frames_.something_due()) host_.fan_out().enqueue(*this);
}

void StreamOutput::output_ready() noexcept {
    if (!life_.is_open()) return;
    host_.fan_out().release(*this);
    // A frame that is due is tried next. Something waits until the kernel takes that frame.
    if (something_waits()) {
        host_.fan_out().enqueue(*this);
    } else {
        end_waiting();
    }
}

void StreamOutput::output_blocked() noexcept {
    if (life_.is_finished()) return;
    if (slow_.begin_waiting(host_.loop().coarse_peer_now())) schedule_deadline();
}

void StreamOutput::output_progress() noexcept {
    slow_.bytes_taken(host_.loop().coarse_peer_now());
}

void StreamOutput::frame_queued(std::size_t bytes) noexcept {
    host_.metrics().frames_sent.add();
    host_.metrics().sent_bytes.add(bytes);
}

void StreamOutput::answer_requests_soon() noexcept {
    asio::post(host_.loop().io(), [self = boost::intrusive_ptr{this}] { self->answer_requests(); });
}

}  // namespace tickcast
