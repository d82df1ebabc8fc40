// Readiness of the sockets of a shard's streams, by an epoll of their own, in which a socket costs
// two pointers; Asio waits for that epoll's one descriptor. Asio's reactor would keep the memory of
// its busiest moment for every descriptor until the process ends, and a stream's descriptor lives
// for hours. Edge-triggered: a socket remembers that it became ready until a wait asks for it.
// Owner: the ShardStreams, on its thread. Outlives its sockets. Bound: kMostAtOnce events at a
// time.
#pragma once

#include "tickcast/base/clock.hpp"
#include "tickcast/runtime/executor.hpp"
#include "tickcast/runtime/peer_clock.hpp"

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
    /// The most sockets that the kernel reports in one call.
    static constexpr std::size_t kMostAtOnce = 64;
    /// How long sockets are notified before the loop turns. It is shorter than a flush slice:
    /// events of clients (thousands of connections that are cut at once) must not hold up prices.
    static constexpr Duration kTurnTime = std::chrono::microseconds{250};

    /// `clock` is that of the loop, and outlives the poller. Throws boost::system::system_error
    /// where no descriptor is left.
    StreamPoller(asio::io_context& io, PeerClock const& clock);

    Executor get_executor() noexcept { return epoll_.get_executor(); }

private:
    friend class PolledSocket;

    SystemError add(PolledSocket& socket) noexcept;
    /// Drops the socket's pending events of this turn; closing its descriptor does the rest.
    void forget(PolledSocket const& socket) noexcept;
    void wait();
    void turn();

    asio::posix::basic_stream_descriptor<Executor> epoll_;
    PeerClock const& clock_;
    std::array<epoll_event, kMostAtOnce> events_{};
    std::span<epoll_event> pending_{};
};

/// A connected TCP socket, non-blocking, which its StreamPoller watches. One wait of each kind at a
/// time. Not moved while there is one; closed when destroyed.
class PolledSocket {
public:
    /// Takes the descriptor over from Asio. If that fails, the socket is closed.
    PolledSocket(StreamPoller& poller, TcpSocket socket) noexcept;
    ~PolledSocket() { close(); }
    PolledSocket(PolledSocket const&) = delete;
    PolledSocket& operator=(PolledSocket const&) = delete;

    Executor get_executor() noexcept { return poller_.get_executor(); }
    bool is_open() const noexcept { return descriptor_ >= 0; }
    int native_handle() const noexcept { return descriptor_; }

    /// Reads bytes that are there and never waits: `would_block` if there are none, `eof` at the
    /// end. A read that does not fill its buffer has emptied the socket: the next read then makes
    /// no system call until the kernel reports more (epoll(7), on edges). The exceptions are the
    /// peer's FIN and urgent data, at which a read may stop short.
    std::size_t read_some(asio::mutable_buffer into, SystemError& error) noexcept;
    /// Whether bytes wait to be read; makes a system call.
    bool has_input() const noexcept;
    /// Sends our FIN.
    void shutdown_send() noexcept;
    /// Closes the socket; waits end with operation_aborted.
    void close() noexcept;
    /// The same by RST.
    void reset() noexcept;

    /// Completes with void(SystemError), never from within the call, once a read (`wait_read`) or a
    /// write (`wait_write`) may succeed; it need not. Only for a caller that found that it cannot
    /// proceed now: readiness from before is reported once.
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

    /// `ready`: the socket became ready since the last wait of this kind.
    void start(std::unique_ptr<Wait>& side, bool& ready, std::unique_ptr<Wait> wait);
    /// Handles events of epoll_wait(2). May destroy this object.
    void notify(std::uint32_t events);

    StreamPoller& poller_;
    int descriptor_{-1};
    bool empty_{false};  ///< the last read took everything, and nothing came since
    bool ask_{false};    ///< a short read might not have taken everything: ask the kernel
    bool readable_{false};
    bool writable_{false};
    std::unique_ptr<Wait> to_read_;
    std::unique_ptr<Wait> to_write_;
};

}  // namespace tickcast
