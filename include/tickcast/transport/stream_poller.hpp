// Readiness of a shard's streams. Asio's reactor keeps what it made for every descriptor of its
// busiest moment until the process ends, and a stream is a descriptor for hours. So the streams
// have an epoll of their own, in which a socket is two pointers, and Asio waits for that one
// descriptor. Edge-triggered: a socket remembers that it became ready until a wait asks for it.
// Owner: the StreamShard, on its thread. Outlives its sockets.
#pragma once

#include "tickcast/base/clock.hpp"
#include "tickcast/runtime/executor.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <sys/epoll.h>
#include <utility>

namespace tickcast {

class PolledSocket;

class StreamPoller {
public:
    /// Sockets that the kernel tells of at once.
    static constexpr std::size_t kMostAtOnce = 64;
    /// How long sockets are told before the loop turns. Shorter than a flush slice: what clients do
    /// (thousands that are cut at once, each takes its leave) may not hold up prices.
    static constexpr Duration kTurnTime = std::chrono::microseconds{250};

    /// Throws boost::system::system_error where no descriptor is left.
    explicit StreamPoller(asio::io_context& io);

    Executor get_executor() noexcept { return epoll_.get_executor(); }

private:
    friend class PolledSocket;

    SystemError add(PolledSocket& socket) noexcept;
    /// What this turn has still to tell the socket is dropped; closing its descriptor does the
    /// rest.
    void forget(PolledSocket const& socket) noexcept;
    void wait();
    void turn();

    asio::posix::basic_stream_descriptor<Executor> epoll_;
    std::array<epoll_event, kMostAtOnce> events_{};
    std::span<epoll_event> untold_{};
};

/// A connected TCP socket, non-blocking, which its StreamPoller watches. One wait of each kind at a
/// time. Not moved while there is one; closed when destroyed.
class PolledSocket {
public:
    /// Takes the descriptor from Asio. Where that fails the socket is closed.
    PolledSocket(StreamPoller& poller, TcpSocket socket) noexcept;
    ~PolledSocket() { close(); }
    PolledSocket(PolledSocket const&) = delete;
    PolledSocket& operator=(PolledSocket const&) = delete;

    Executor get_executor() noexcept { return poller_.get_executor(); }
    bool is_open() const noexcept { return descriptor_ >= 0; }
    int native_handle() const noexcept { return descriptor_; }

    /// Bytes that are there, never waiting: `would_block` where there are none, `eof` at the end.
    /// What did not fill its room has emptied the socket: the next read then asks no kernel, until
    /// it told of more (epoll(7), on edges). Not so at the peer's end and with urgent data, at
    /// which a read stops short.
    std::size_t read_some(asio::mutable_buffer into, SystemError& error) noexcept;
    /// Whether bytes wait to be read; asks the kernel.
    bool has_input() const noexcept;
    /// Our FIN.
    void shutdown_send() noexcept;
    /// What is waited for ends with operation_aborted.
    void close() noexcept;
    /// The same by RST.
    void reset() noexcept;

    /// Completes with void(SystemError), not from within, once a read (`wait_read`) or write
    /// (`wait_write`) may get further; it need not. Only for who found that it can't: what was
    /// there before is told once.
    template <class Handler>
    auto async_wait(TcpSocket::wait_type what, Handler&& handler) {
        return asio::async_initiate<Handler, void(SystemError)>(
            [this](auto completion, TcpSocket::wait_type kind) {
                using Completion = decltype(completion);
                auto wait = std::make_unique<WaitOf<Completion>>(std::move(completion));
                kind == TcpSocket::wait_write ? this->start(to_write_, writable_, std::move(wait))
                                              : this->start(to_read_, readable_, std::move(wait));
            },
            handler, what);
    }

private:
    friend class StreamPoller;

    struct Wait {
        virtual ~Wait() = default;
        virtual void complete(SystemError error) = 0;
    };
    template <class Handler>
    struct WaitOf final : Wait {
        explicit WaitOf(Handler h) : handler(std::move(h)) {}
        void complete(SystemError error) override { std::move(handler)(error); }
        Handler handler;
    };

    /// `ready`: it became so since the last wait of its kind.
    void start(std::unique_ptr<Wait>& side, bool& ready, std::unique_ptr<Wait> wait);
    /// The events of epoll_wait(2). May destroy this.
    void tell(std::uint32_t events);

    StreamPoller& poller_;
    int descriptor_{-1};
    bool empty_{false};  ///< nothing to read came since the last read took all
    bool ask_{false};    ///< a read that stops short may not have taken all: the kernel is asked
    bool readable_{false};
    bool writable_{false};
    std::unique_ptr<Wait> to_read_;
    std::unique_ptr<Wait> to_write_;
};

}  // namespace tickcast
