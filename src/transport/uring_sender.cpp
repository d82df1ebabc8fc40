#include "tickcast/base/logging.hpp"
#include "tickcast/transport/batch_sender.hpp"

#include <algorithm>
#include <cerrno>
#include <liburing.h>
#include <limits>
#include <sys/socket.h>

namespace tickcast {
namespace {

/// No result of send(2): neither a count of bytes nor an errno.
constexpr std::ptrdiff_t kNotSent = std::numeric_limits<std::ptrdiff_t>::min();

}  // namespace

std::unique_ptr<UringSender> UringSender::make(std::error_code& error) {
    auto ring = std::make_unique<io_uring>();
    auto const result = ::io_uring_queue_init(kEntries, ring.get(), 0);
    error.assign(result < 0 ? -result : 0, std::system_category());
    if (result < 0) return nullptr;
    return std::unique_ptr<UringSender>{new UringSender(std::move(ring))};
}

UringSender::UringSender(std::unique_ptr<io_uring> ring) noexcept : ring_(std::move(ring)) {}

UringSender::~UringSender() {
    if (ring_) ::io_uring_queue_exit(ring_.get());
}

void UringSender::send(std::span<SendItem> items) noexcept {
    while (ring_ && !items.empty()) {
        auto const batch = items.first(std::min<std::size_t>(items.size(), kEntries));
        fill(batch);
        submit(batch);
        items = items.subspan(batch.size());
    }
    fallback_.send(items);
}

void UringSender::fill(std::span<SendItem> batch) noexcept {
    for (auto& item : batch) {
        item.taken = kNotSent;
        auto* const entry = ::io_uring_get_sqe(ring_.get());  // the ring has room: all were reaped
        ::io_uring_prep_send(entry, item.socket, item.bytes.data(), item.bytes.size(),
                             MSG_DONTWAIT | MSG_NOSIGNAL);
        ::io_uring_sqe_set_data(entry, &item);
    }
}

void UringSender::submit(std::span<SendItem> batch) noexcept {
    auto waiting = static_cast<unsigned>(batch.size());
    while (waiting > 0) {
        auto const result = ::io_uring_submit_and_wait(ring_.get(), waiting);
        waiting -= reap();
        if (result >= 0 || result == -EINTR || waiting == 0) continue;
        // The kernel has completed the operations that it accepted; the others are only in the ring
        // and are dropped with it.
        give_up(-result);
        for (auto& item : batch) {
            if (item.taken == kNotSent) fallback_.send({&item, 1});
        }
        return;
    }
}

unsigned UringSender::reap() noexcept {
    unsigned head = 0;
    unsigned count = 0;
    io_uring_cqe* done = nullptr;
    io_uring_for_each_cqe(ring_.get(), head, done) {
        static_cast<SendItem*>(::io_uring_cqe_get_data(done))->taken = done->res;
        ++count;
    }
    ::io_uring_cq_advance(ring_.get(), count);
    return count;
}

void UringSender::give_up(int error) noexcept {
    ::io_uring_queue_exit(ring_.get());
    ring_.reset();
    logger("transport")
        ->error("event=io_uring_lost error=\"{}\" from_now_on=send",
                std::system_category().message(error));
}

}  // namespace tickcast
