#include "tickcast/stream/slice_sender.hpp"

#include "tickcast/hub/fan_out.hpp"
#include "tickcast/stream/stream_connection.hpp"

#include <cerrno>
#include <utility>

namespace tickcast {

SliceSender::SliceSender(std::unique_ptr<BatchSender> sender) noexcept
    : sender_(std::move(sender)) {}

void SliceSender::prefetch(Subscriber const& subscriber) noexcept {
    static_cast<StreamConnection const&>(subscriber).prefetch();
}

bool SliceSender::add(Subscriber& subscriber) noexcept {
    auto& connection = static_cast<StreamConnection&>(subscriber);
    auto const frame = connection.build(arena_);
    if (frame && connection.is_tls()) {
        auto const begin = tls_arena_.used();
        SinkTo records{tls_arena_};
        if (!connection.encrypt(arena_.bytes(*frame), records)) {
            connection.sent({}, -ECONNABORTED);
        } else {
            outgoing_.push_back({&connection, &tls_arena_, {begin, tls_arena_.used()}});
        }
    } else if (frame) {
        outgoing_.push_back({&connection, &arena_, *frame});
    }
    return arena_.used() < kSliceBytes;
}

void SliceSender::send() noexcept {
    if (outgoing_.empty()) return;
    items_.clear();
    for (auto const& out : outgoing_) {
        items_.push_back({out.connection->native_socket(), out.arena->bytes(out.frame), 0});
    }
    sender_->send(items_);
    // What the kernel did for so many sockets left little of them in the caches.
    for (auto const& out : outgoing_)
        out.connection->prefetch();
    for (auto const& out : outgoing_)
        FanOut::prefetch_marked(*out.connection);
    for (std::size_t i = 0; i < items_.size(); ++i) {
        // Nothing of the connection is used after it: `sent` may be what destroys it.
        outgoing_[i].connection->sent(items_[i].bytes, items_[i].taken);
    }
    outgoing_.clear();
    arena_.clear();
    tls_arena_.clear();
}

}  // namespace tickcast
