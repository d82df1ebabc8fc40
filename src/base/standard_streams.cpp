#include "tickcast/base/standard_streams.hpp"

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <fcntl.h>
#include <memory>
#include <mutex>
#include <optional>
#include <poll.h>
#include <pthread.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>

namespace tickcast {
namespace {

/// poll can report a non-blocking descriptor as writable that then accepts no bytes (a terminal
/// with little room). It is tried again after this time.
constexpr int kAgainAfterMs = 10;

void await_room(int descriptor) noexcept {
    pollfd waiting{descriptor, POLLOUT, 0};
    auto const ready = ::poll(&waiting, 1, -1);
    if (ready == 1 && (waiting.revents & POLLOUT) != 0) ::poll(nullptr, 0, kAgainAfterMs);
}

/// Shared by the caller of write_patiently and its thread; the last of the two frees it.
struct Writing {
    std::mutex mutex;
    std::condition_variable ended;
    std::optional<WriteResult> result;
};

void write_for(Writing& writing, int descriptor, std::string_view text) {
    pthread_setname_np(pthread_self(), "standard-output");
    auto const result = write_whole(descriptor, text);
    std::scoped_lock const lock{writing.mutex};
    writing.result = result;
    writing.ended.notify_all();
}

Delivery delivery_of(WriteResult const& result) noexcept {
    return result.error == 0 ? Delivery::written : Delivery::failed;
}

Delivery write_if_room(int descriptor, std::string_view text, Duration patience) noexcept {
    pollfd waiting{descriptor, POLLOUT, 0};
    auto const limit = std::chrono::duration_cast<std::chrono::milliseconds>(patience);
    if (::poll(&waiting, 1, static_cast<int>(limit.count())) != 1) return Delivery::failed;
    return delivery_of(write_whole(descriptor, text));
}

}  // namespace

void open_standard_descriptors() noexcept {
    for (int number = STDIN_FILENO; number <= STDERR_FILENO; ++number) {
        if (::fcntl(number, F_GETFD) >= 0) continue;
        // The lowest free descriptor is this one. Without a /dev, any file that occupies it will
        // do.
        if (::open("/dev/null", O_RDWR) < 0) static_cast<void>(::open("/", O_PATH));
    }
}

WriteResult write_whole(int descriptor, std::string_view text) noexcept {
    WriteResult result;
    while (result.written < text.size()) {
        auto const taken =
            ::write(descriptor, text.data() + result.written, text.size() - result.written);
        if (taken >= 0) {
            result.written += static_cast<std::size_t>(taken);
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            await_room(descriptor);
        } else if (errno != EINTR) {
            result.error = errno;
            break;
        }
    }
    return result;
}

Delivery write_patiently(int descriptor, std::string const& text, Duration patience) {
    auto const writing = std::make_shared<Writing>();
    try {
        std::thread{[writing, descriptor, text] {
            write_for(*writing, descriptor, text);
        }}.detach();
    } catch (std::system_error const&) {  // no thread: write only where that will hardly wait
        return write_if_room(descriptor, text, patience);
    }
    std::unique_lock lock{writing->mutex};
    writing->ended.wait_for(lock, patience, [&] { return writing->result.has_value(); });
    if (!writing->result) return Delivery::waiting;
    return delivery_of(*writing->result);
}

}  // namespace tickcast
