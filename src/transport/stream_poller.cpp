#include "tickcast/transport/stream_poller.hpp"

#include "tickcast/base/check.hpp"
#include "transport/socket_calls.hpp"

#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <cerrno>
#include <sys/socket.h>
#include <unistd.h>

namespace tickcast {

namespace {

SystemError last_error() noexcept {
    return {errno, boost::system::system_category()};
}

int make_epoll() {
    auto const descriptor = ::epoll_create1(EPOLL_CLOEXEC);
    if (descriptor < 0) throw boost::system::system_error{last_error(), "epoll"};
    return descriptor;
}

}  // namespace

StreamPoller::StreamPoller(asio::io_context& io, PeerClock const& clock)
    : epoll_(io.get_executor(), make_epoll()), clock_(clock) {
    wait();
}

SystemError StreamPoller::add(PolledSocket& socket) noexcept {
    epoll_event event{};
    event.events = EPOLLIN | EPOLLPRI | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    event.data.ptr = &socket;
    auto const result =
        ::epoll_ctl(epoll_.native_handle(), EPOLL_CTL_ADD, socket.native_handle(), &event);
    return result < 0 ? last_error() : SystemError{};
}

void StreamPoller::forget(PolledSocket const& socket) noexcept {
    for (auto& event : pending_) {
        if (event.data.ptr == &socket) event.data.ptr = nullptr;
    }
}

void StreamPoller::wait() {
    epoll_.async_wait(epoll_.wait_read, [this](SystemError error) {
        if (!error) turn();
    });
}

void StreamPoller::turn() {
    if (pending_.empty()) {
        auto const count = ::epoll_wait(epoll_.native_handle(), events_.data(), kMostAtOnce, 0);
        pending_ = std::span{events_}.first(static_cast<std::size_t>(std::max(count, 0)));
    }
    auto const end = clock_.steady_now() + kTurnTime;
    for (std::size_t notified = 1; !pending_.empty(); ++notified) {
        auto const event = pending_.front();
        pending_ = pending_.subspan(1);
        if (event.data.ptr == nullptr) continue;
        static_cast<PolledSocket*>(event.data.ptr)->notify(event.events);
        if (notified % 4 == 0 && clock_.steady_now() > end) break;
    }
    if (!pending_.empty()) {
        asio::post(get_executor(), [this] { turn(); });
        return;
    }
    // Asio checks a descriptor again when it begins to wait, so events that came meanwhile are not
    // lost.
    wait();
}

PolledSocket::PolledSocket(StreamPoller& poller, TcpSocket socket) noexcept : poller_(poller) {
    SystemError error;
    socket.non_blocking(true, error);
    if (!error) descriptor_ = socket.release(error);
    if (!error) error = poller_.add(*this);
    if (error) close();
}

std::size_t PolledSocket::read_some(asio::mutable_buffer into, SystemError& error) noexcept {
    error = {};
    if (!is_open()) error = asio::error::bad_descriptor;
    if (!error && empty_) error = asio::error::would_block;
    if (error || into.size() == 0) return 0;
    auto const size = receive_now(descriptor_, into.data(), into.size());
    if (size > 0) {
        empty_ = static_cast<std::size_t>(size) < into.size() && !ask_;
        return static_cast<std::size_t>(size);
    }
    error = size == 0 ? SystemError{asio::error::eof} : last_error();
    return 0;
}

bool PolledSocket::has_input() const noexcept {
    char first = 0;
    return ::recv(descriptor_, &first, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

void PolledSocket::shutdown_send() noexcept {
    ::shutdown(descriptor_, SHUT_WR);
}

void PolledSocket::close() noexcept {
    if (!is_open()) return;
    poller_.forget(*this);
    ::close(std::exchange(descriptor_, -1));
    for (auto* side : {&to_read_, &to_write_}) {
        if (!*side) continue;
        asio::post(get_executor(),
                   [wait = std::move(*side)] { wait->complete(asio::error::operation_aborted); });
    }
}

void PolledSocket::reset() noexcept {
    linger const at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close();
}

void PolledSocket::start(std::unique_ptr<Wait>& side, bool& ready, std::unique_ptr<Wait> wait) {
    TICKCAST_CHECK(!side, "one wait of a kind at a time");
    if (is_open() && !std::exchange(ready, false)) {
        side = std::move(wait);
        return;
    }
    auto const error = is_open() ? SystemError{} : SystemError{asio::error::operation_aborted};
    asio::post(get_executor(), [error, held = std::move(wait)] { held->complete(error); });
}

void PolledSocket::notify(std::uint32_t events) {
    constexpr auto over = static_cast<std::uint32_t>(EPOLLERR | EPOLLHUP);
    if ((events & (EPOLLPRI | EPOLLRDHUP | over)) != 0) ask_ = true;
    if ((events & (EPOLLIN | EPOLLRDHUP | over)) != 0) empty_ = false;
    std::unique_ptr<Wait> due[2];
    auto const set_ready = [&](std::unique_ptr<Wait>& side, bool& ready,
                               std::unique_ptr<Wait>& wait) {
        if (side) {
            wait = std::move(side);
        } else {
            ready = true;
        }
    };
    if ((events & (EPOLLIN | EPOLLRDHUP | over)) != 0) set_ready(to_read_, readable_, due[0]);
    if ((events & (EPOLLOUT | over)) != 0) set_ready(to_write_, writable_, due[1]);
    // The first one may destroy this object: no member is used below.
    for (auto& wait : due) {
        if (wait) wait->complete({});
    }
}

}  // namespace tickcast
