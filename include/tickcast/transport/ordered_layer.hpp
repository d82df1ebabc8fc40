// The one ordered output of a stream's socket. It lies under websocket::stream: Beast's control
// frames and the hub's data frames both pass through here, so that they never interleave. With TLS,
// the layer orders records. Owner: the stream connection, on its shard's thread. Bound: the rest of
// one data frame, and one write of Beast (a control frame or the 101 answer).
#pragma once

#include "tickcast/base/thread_checker.hpp"
#include "tickcast/runtime/executor.hpp"
#include "tickcast/transport/client_socket.hpp"
#include "tickcast/transport/stream_poller.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/role.hpp>
#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace tickcast {

/// The connection above the layer, which the layer notifies. Called on the shard's thread.
/// Operations in progress hold a reference, also the layer's wait for the socket; all of them run
/// on that thread.
class OutputOwner : public boost::intrusive_ref_counter<OutputOwner, boost::thread_unsafe_counter> {
public:
    virtual ~OutputOwner() = default;

    /// The kernel has taken the last byte of a data frame's rest.
    virtual void rest_sent() noexcept = 0;
    /// Data frames may be sent now (again).
    virtual void output_ready() noexcept = 0;
    /// Bytes wait in the layer until the kernel takes them.
    virtual void output_blocked() noexcept = 0;
    /// The kernel took some of the waiting bytes.
    virtual void output_progress() noexcept = 0;
    /// The socket failed and is closed. There might be no read or write that would report it.
    virtual void output_failed(SystemError error) noexcept = 0;
    /// A frame (a goodbye, or a control frame of Beast) is queued and counts as sent, though it may
    /// wait behind others; `bytes`: its size before encryption.
    virtual void frame_queued(std::size_t bytes) noexcept = 0;
    /// Beast writes a close frame (its own, an echo, or ours): no data frame ever follows. Returns
    /// the code to send instead of `code`.
    virtual unsigned close_frame_passes(unsigned code) noexcept = 0;
    /// Our FIN was sent, after all waiting bytes: nothing follows in this direction.
    virtual void output_ended() noexcept = 0;
    /// Bytes of the peer, decrypted, before the reader above gets them.
    virtual void bytes_read(std::span<char>) noexcept {}
    /// The peer sent something since the last call.
    virtual void heard_from_peer() noexcept = 0;
};

class OrderedLayer {
public:
    using executor_type = Executor;
    /// All members that are used to send a frame which the kernel takes whole lie within this many
    /// bytes from the object's begin.
    static constexpr std::size_t kHotBytes = 72;

    /// `read_ahead`: bytes already read from the socket past the HTTP request.
    OrderedLayer(StreamPoller& poller, ClientSocket socket, std::string read_ahead,
                 OutputOwner& owner);

    executor_type get_executor() noexcept { return tcp_.get_executor(); }
    PolledSocket& tcp() noexcept { return tcp_; }
    bool is_tls() const noexcept { return tls_ != nullptr; }
    TlsSession* tls() noexcept { return tls_.get(); }

    // The side of the hub's data frames.

    /// After the handshake: from now on data frames may pass, after `head`, which is no data frame.
    void open_for_data(std::string_view head = {});
    /// A data frame (with TLS, its records) may be written directly to the native socket now.
    bool ready_for_data() const noexcept { return gate_ == Gate::open && !waiting_ && !backlog_; }
    bool closing() const noexcept { return gate_ == Gate::shut; }
    /// The kernel took nothing: the layer calls `output_ready` when the socket is writable again.
    void wait_until_writable() noexcept;
    /// The kernel took a part of a data frame: `rest` is sent as soon as possible, before anything
    /// else.
    void finish_later(std::string_view rest);
    /// Queues a whole frame after the waiting bytes. Only right before the end of the output, since
    /// the frame is kept whether or not it can be sent.
    void append(std::string_view frame);
    /// With TLS: makes the records of a data frame. Records are numbered, so from here on the frame
    /// must be sent, however little the kernel takes now. False: the connection is broken.
    bool encrypt(std::string_view frame, ByteSink& records) noexcept {
        return tls_->write(frame, records);
    }
    /// Sends our FIN after the waiting bytes, with TLS after a close_notify. Nothing follows: the
    /// gate is shut.
    void finish_output();
    /// Closes the socket. Pending operations end with an error.
    void close() noexcept;
    /// The same by RST.
    void reset() noexcept;
    /// Queues records that a TLS read made, in their order. Resets the connection where too many of
    /// them wait.
    void tls_output(std::string_view records);

    // Beast's side: AsyncReadStream and AsyncWriteStream.

    template <class Buffers, class Handler>
    auto async_read_some(Buffers const& buffers, Handler&& handler) {
        return asio::async_initiate<Handler, void(SystemError, std::size_t)>(
            [this](auto completion, Buffers const& into) {
                this->start_read(first_of(into), std::move(completion));
            },
            handler, buffers);
    }

    /// Completes only when the kernel has taken all of `buffers`, or with an error.
    template <class Buffers, class Handler>
    auto async_write_some(Buffers const& buffers, Handler&& handler) {
        return asio::async_initiate<Handler, void(SystemError, std::size_t)>(
            [this](auto completion, Buffers const& from) {
                this->start_write(from, std::move(completion));
            },
            handler, buffers);
    }

private:
    enum class Gate : std::uint8_t { handshake, open, shut };

    struct Write {
        virtual ~Write() = default;
        virtual void complete(SystemError error) = 0;
        std::size_t size{0};
    };
    /// The bytes that must be sent before the next data frame.
    struct Backlog {
        /// Sent as they are, in order: a frame's rest, then Beast's write. With TLS, records.
        std::string bytes;
        std::size_t rest_of_frame{0};  ///< how many of them belong to a data frame
        std::size_t from_reads{0};     ///< how many of them were made by TLS reads
        std::unique_ptr<Write> write;  ///< Beast's write; its bytes are the last ones
    };
    template <class Handler>
    struct WriteOf final : Write {
        WriteOf(Executor executor, Handler h)
            : work(asio::get_associated_executor(h, executor)), handler(std::move(h)) {}
        void complete(SystemError error) override {
            auto const sent = error ? 0 : size;
            asio::post(work.get_executor(),
                       boost::beast::bind_front_handler(std::move(handler), error, sent));
        }
        asio::executor_work_guard<asio::associated_executor_t<Handler, Executor>> work;
        Handler handler;
    };

    /// A read that waits. It may wait for as long as its client is silent, so it holds no more
    /// memory than it needs.
    template <class Handler>
    struct Read {
        void operator()(SystemError error) {
            auto const size = error ? 0 : layer.read_now(into, error);
            if (error == asio::error::would_block) return layer.wait_to_read(std::move(*this));
            std::move(handler)(error, size);
        }

        OrderedLayer& layer;
        asio::mutable_buffer into;
        Handler handler;
    };

    template <class Handler>
    void start_read(asio::mutable_buffer into, Handler handler) {
        owner_.heard_from_peer();
        SystemError error;
        auto const size = read_now(into, error);
        if (error == asio::error::would_block) {
            return wait_to_read(Read<Handler>{*this, into, std::move(handler)});
        }
        // Never completes within its start.
        auto const executor = asio::get_associated_executor(handler, get_executor());
        asio::post(executor, boost::beast::bind_front_handler(std::move(handler), error, size));
    }
    template <class Handler>
    void wait_to_read(Read<Handler> read) {
        tcp_.async_wait(TcpSocket::wait_read, std::move(read));
    }
    /// Reads bytes that are there and never waits; `would_block` if there are none.
    std::size_t read_now(asio::mutable_buffer into, SystemError& error);
    std::size_t read_from_peer(asio::mutable_buffer into, SystemError& error);

    template <class Buffers, class Handler>
    void start_write(Buffers const& buffers, Handler handler) {
        thread_.check();
        auto op = std::make_unique<WriteOf<Handler>>(get_executor(), std::move(handler));
        op->size = asio::buffer_size(buffers);
        auto& bytes = backlog().bytes;
        auto const before = bytes.size();
        bytes.resize(before + op->size);
        asio::buffer_copy(asio::buffer(bytes.data() + before, op->size), buffers);
        enqueue(std::move(op), before);
    }

    Backlog& backlog();
    void queue(std::string_view plain);
    /// `begin`: the index in the backlog at which the bytes of `op` start, before encryption.
    void enqueue(std::unique_ptr<Write> op, std::size_t begin);
    bool encrypt_backlog(std::size_t begin);
    void send_backlog();
    void wait();
    void fail(SystemError error);
    void erase_sent(std::size_t size);

    std::unique_ptr<Backlog> backlog_;  ///< null, mostly: nothing waits
    Gate gate_{Gate::handshake};
    bool waiting_{false};
    bool fin_behind_{false};  ///< a FIN follows the backlog
    ThreadChecker thread_;
    PolledSocket tcp_;
    std::unique_ptr<TlsSession> tls_;          ///< null where plain
    std::unique_ptr<std::string> read_ahead_;  ///< null, mostly: see the constructor
    OutputOwner& owner_;
};

/// The end of a closing handshake (RFC 6455 section 7.1.1): our FIN; then everything that still
/// comes is read and dropped until the peer's FIN. Closing earlier would send a RST, which
/// overtakes the close frame in a slow peer's queue. Beast 1.81's own teardown closes early: it
/// gives up after its first read. Not bounded in time: the connection's close deadline ends it.
struct StreamTeardown {
    template <class Self>
    void operator()(Self& self, SystemError error = {}) {
        if (!std::exchange(started_, true)) {
            layer.finish_output();
            asio::post(layer.get_executor(), std::move(self));  // never completes within its start
            return;
        }
        // A few reads per turn, so that a peer that never stops sending does not hold up the shard.
        for (int reads = 0; !error && reads < 8; ++reads) {
            char discarded[4096];
            layer.tcp().read_some(asio::buffer(discarded), error);
        }
        if (!error) return asio::post(layer.get_executor(), std::move(self));
        if (error == asio::error::would_block) {
            layer.tcp().async_wait(TcpSocket::wait_read, std::move(self));
            return;
        }
        layer.tcp().close();
        self.complete(error == asio::error::eof ? SystemError{} : error);
    }

    OrderedLayer& layer;
    bool started_{false};
};

template <class Handler>
void async_teardown(boost::beast::role_type, OrderedLayer& layer, Handler&& handler) {
    asio::async_compose<Handler, void(SystemError)>(StreamTeardown{layer}, handler,
                                                    layer.get_executor());
}
inline void teardown(boost::beast::role_type, OrderedLayer& layer, SystemError&) {
    layer.close();  // streams are never closed synchronously
}
inline void beast_close_socket(OrderedLayer& layer) {
    layer.close();
}

}  // namespace tickcast
