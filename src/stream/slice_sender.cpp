#include "tickcast/stream/slice_sender.hpp"

#include "stream/stream_output.hpp"
#include "tickcast/hub/fan_out.hpp"

#include <cerrno>
#include <utility>

namespace tickcast {

SliceSender::SliceSender(std::unique_ptr<BatchSender> sender) noexcept
    : sender_(std::move(sender)) {}

void SliceSender::prefetch(Subscriber const& subscriber) noexcept {
    static_cast<StreamOutput const&>(subscriber).prefetch();
}

bool SliceSender::add(Subscriber& subscriber) noexcept {
    auto& stream = static_cast<StreamOutput&>(subscriber);
    auto const frame = stream.build(arena_);
    if (frame && stream.is_tls()) {
        auto const begin = tls_arena_.used();
        SinkTo records{tls_arena_};
        if (!stream.encrypt(arena_.bytes(frame->range), records)) {
            stream.sent(frame->content, {}, -ECONNABORTED);
        } else {
            FrameArena::Frame const range{begin, tls_arena_.used()};
            outgoing_.push_back({&stream, &tls_arena_, {range, frame->content}});
        }
    } else if (frame) {
        outgoing_.push_back({&stream, &arena_, *frame});
    }
    return arena_.used() < kSliceBytes;
}

void SliceSender::send() noexcept {
    if (outgoing_.empty()) return;
    items_.clear();
    for (auto const& out : outgoing_) {
        items_.push_back({out.stream->native_socket(), out.arena->bytes(out.frame.range), 0});
    }
    sender_->send(items_);
    // The kernel's work for so many sockets has left little of the streams in the caches.
    for (auto const& out : outgoing_)
        out.stream->prefetch();
    for (auto const& out : outgoing_)
        FanOut::prefetch_marked(*out.stream);
    for (std::size_t i = 0; i < items_.size(); ++i) {
        // Do not use the stream after `sent`: this call can destroy it.
        outgoing_[i].stream->sent(outgoing_[i].frame.content, items_[i].bytes, items_[i].taken);
    }
    outgoing_.clear();
    arena_.clear();
    tls_arena_.clear();
}

}  // namespace tickcast
