// A client's socket, plain or with TLS. It is an AsyncReadStream and AsyncWriteStream for HTTP, and
// an OrderedLayer is made from it when a stream begins. A plain one is just the TCP socket. Owner:
// the connection that it serves, on its shard's thread; not moved while an operation is pending.
// Bound, with TLS: the records of one write.
#pragma once

#include "tickcast/runtime/executor.hpp"
#include "tickcast/transport/tls_session.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace tickcast {

/// Reads plain bytes of a TLS connection that are there; `would_block` if there are none. `Stream`
/// has tcp(), tls(), and tls_output(), which is called with records that the read made (an alert,
/// an answer).
template <class Stream>
std::size_t read_tls(Stream& stream, asio::mutable_buffer into, SystemError& error) {
    std::string records;
    SinkTo out{records};
    auto const step =
        stream.tls()->read(stream.tcp().native_handle(), into.data(), into.size(), out);
    error = {};
    if (step.status == TlsSession::Status::failed) error = stream.tls()->error();
    if (step.status == TlsSession::Status::closed) error = asio::error::eof;
    if (step.status == TlsSession::Status::want_read) error = asio::error::would_block;
    if (!records.empty()) stream.tls_output(records);
    return step.size;
}

/// The first buffer that has room; a read fills this one. Empty if all buffers are empty.
template <class Buffers>
asio::mutable_buffer first_of(Buffers const& buffers) {
    for (auto at = asio::buffer_sequence_begin(buffers); at != asio::buffer_sequence_end(buffers);
         ++at) {
        if (asio::mutable_buffer const buffer{*at}; buffer.size() != 0) return buffer;
    }
    return {};
}

/// An asynchronous read composed of reads that never wait (`Stream::read_now`) and of waits.
template <class Stream, class Buffers>
struct ReadWhenReady {
    template <class Self>
    void operator()(Self& self, SystemError error = {}) {
        if (done_) return self.complete(result_, size_);
        if (error) return self.complete(error, 0);
        auto const into = first_of(buffers);
        if (into.size() != 0) size_ = stream.read_now(into, result_);
        if (result_ == asio::error::would_block) {
            started_ = true;
            return stream.tcp().async_wait(TcpSocket::wait_read, std::move(self));
        }
        if (started_) return self.complete(result_, size_);
        done_ = true;  // never completes within its start
        asio::post(stream.tcp().get_executor(), std::move(self));
    }

    Stream& stream;
    Buffers buffers;
    bool started_{false};
    bool done_{false};
    SystemError result_{};
    std::size_t size_{0};
};

class ClientSocket {
public:
    using executor_type = Executor;

    explicit ClientSocket(TcpSocket socket, std::unique_ptr<TlsSession> tls = nullptr) noexcept
        : tcp_(std::move(socket)), tls_(std::move(tls)) {}

    executor_type get_executor() noexcept { return tcp_.get_executor(); }
    /// For options, shutdown and waits; not for reading or writing bytes.
    TcpSocket& tcp() noexcept { return tcp_; }
    bool is_tls() const noexcept { return tls_ != nullptr; }
    /// Null where plain.
    TlsSession* tls() noexcept { return tls_.get(); }
    /// Hands over the TLS session; the caller takes the TCP socket as well.
    std::unique_ptr<TlsSession> release_tls() noexcept { return std::move(tls_); }
    /// With TLS, for ReadWhenReady: a read that never waits.
    std::size_t read_now(asio::mutable_buffer into, SystemError& error) {
        return read_tls(*this, into, error);
    }

    /// With TLS, the first operation. It has no deadline: cancel tcp() to end it.
    Awaitable<SystemError> handshake();
    /// Sends our FIN, with TLS after a close_notify. It has no deadline either.
    Awaitable<> finish_output();
    /// Closes at once. With TLS a close_notify goes first, if it can be sent right now and if it
    /// would be true (no message of ours is incomplete).
    void close() noexcept;
    /// Hands over records that a read made and that no write has sent yet.
    std::string release_unsent() noexcept {
        return tls_ ? std::exchange(tls_->unsent(), {}) : std::string{};
    }
    /// With TLS: sends unsent records without waiting; false where the kernel takes no more.
    bool try_send(SystemError& error) noexcept;
    /// With TLS: queues records that a read made; resets the connection where too many of them
    /// wait.
    void tls_output(std::string_view records) noexcept;

    template <class Buffers, class Handler>
    auto async_read_some(Buffers const& buffers, Handler&& handler) {
        return asio::async_initiate<Handler, void(SystemError, std::size_t)>(
            [this](auto completion, Buffers const& into) {
                if (!tls_) return tcp_.async_read_some(into, std::move(completion));
                asio::async_compose<decltype(completion), void(SystemError, std::size_t)>(
                    ReadWhenReady<ClientSocket, Buffers>{*this, into}, completion, get_executor());
            },
            handler, buffers);
    }

    /// Writes some bytes; with TLS up to one record, and it completes once the kernel has the whole
    /// record.
    template <class Buffers, class Handler>
    auto async_write_some(Buffers const& buffers, Handler&& handler) {
        return asio::async_initiate<Handler, void(SystemError, std::size_t)>(
            [this](auto completion, Buffers const& from) {
                if (!tls_) return tcp_.async_write_some(from, std::move(completion));
                char plain[TlsSession::kRecord];
                auto const size = asio::buffer_copy(asio::buffer(plain), from);
                auto const error = encrypt({plain, size});
                asio::async_compose<decltype(completion), void(SystemError, std::size_t)>(
                    TlsWrite{*this, size, error}, completion, get_executor());
            },
            handler, buffers);
    }

    /// Writes as much as the kernel takes at once: for a last answer on a socket that is then
    /// closed.
    template <class Buffers>
    std::size_t write_some(Buffers const& buffers, SystemError& error) {
        if (!tls_) return tcp_.write_some(buffers, error);
        char plain[TlsSession::kRecord];
        auto const size = asio::buffer_copy(asio::buffer(plain), buffers);
        error = encrypt({plain, size});
        if (error) return 0;
        if (!try_send(error) && !error) error = asio::error::would_block;
        return error ? 0 : size;
    }
    template <class Buffers>
    std::size_t write_some(Buffers const& buffers) {
        SystemError error;
        auto const size = write_some(buffers, error);
        if (error) throw boost::system::system_error{error};
        return size;
    }

private:
    struct TlsWrite {
        template <class Self>
        void operator()(Self& self, SystemError error = {}) {
            if (error) failed = error;
            auto const started = std::exchange(started_, true);
            if (!failed && !socket.try_send(failed) && !failed) {
                return socket.tcp_.async_wait(TcpSocket::wait_write, std::move(self));
            }
            if (started) return self.complete(failed, failed ? 0 : size);
            asio::post(socket.get_executor(), std::move(self));  // never completes within its start
        }

        ClientSocket& socket;
        std::size_t size;
        SystemError failed;
        bool started_{false};
    };

    SystemError encrypt(std::string_view plain);
    Awaitable<SystemError> flush();

    TcpSocket tcp_;
    std::unique_ptr<TlsSession> tls_;
};

}  // namespace tickcast
