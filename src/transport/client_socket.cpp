#include "tickcast/transport/client_socket.hpp"

#include "transport/socket_calls.hpp"

#include <boost/asio/redirect_error.hpp>

#include <cerrno>

namespace tickcast {

Awaitable<SystemError> ClientSocket::handshake() {
    for (;;) {
        if (!tcp_.is_open()) co_return asio::error::operation_aborted;
        SinkTo out{tls_->unsent()};
        auto const step = tls_->handshake(tcp_.native_handle(), out);
        auto error = co_await flush();  // sends an alert too
        if (step.status == TlsSession::Status::failed) co_return tls_->error();
        if (step.status == TlsSession::Status::closed) co_return asio::error::eof;
        if (error || step.status == TlsSession::Status::done) co_return error;
        co_await tcp_.async_wait(TcpSocket::wait_read, asio::redirect_error(use_await, error));
        if (error) co_return error;
    }
}

Awaitable<> ClientSocket::finish_output() {
    if (tls_ && tls_->unsent().empty()) {
        SinkTo out{tls_->unsent()};
        tls_->close_notify(out);
        co_await flush();
    }
    SystemError ignored;
    tcp_.shutdown(TcpSocket::shutdown_send, ignored);
}

void ClientSocket::close() noexcept {
    SystemError ignored;
    // After an incomplete record the peer could not read a close_notify; after an incomplete
    // message the close_notify would be a lie.
    if (tls_ && tcp_.is_open() && tls_->unsent().empty()) {
        SinkTo out{tls_->unsent()};
        tls_->close_notify(out);
        try_send(ignored);
    }
    tcp_.close(ignored);
}

void ClientSocket::tls_output(std::string_view records) noexcept {
    SystemError ignored;  // an error of the socket: the next read or write gets it too
    auto& unsent = tls_->unsent();
    auto const in_order = unsent.empty();
    unsent.append(records);
    if (in_order) try_send(ignored);
    if (unsent.size() <= TlsSession::kMaxUnsentAnswers) return;
    unsent.clear();
    tcp_.set_option(asio::socket_base::linger{true, 0}, ignored);
    tcp_.close(ignored);
}

bool ClientSocket::try_send(SystemError& error) noexcept {
    auto& unsent = tls_->unsent();
    std::size_t sent = 0;
    while (sent < unsent.size()) {
        auto const taken =
            send_now(tcp_.native_handle(), {unsent.data() + sent, unsent.size() - sent});
        if (taken < 0) {
            if (!would_block(errno)) {
                error = SystemError{errno, boost::system::system_category()};
            }
            break;
        }
        sent += static_cast<std::size_t>(taken);
    }
    unsent.erase(0, sent);
    if (unsent.empty()) std::string{}.swap(unsent);  // idle connections keep no buffer
    return unsent.empty();
}

SystemError ClientSocket::encrypt(std::string_view plain) {
    SinkTo out{tls_->unsent()};
    return tls_->write(plain, out) ? SystemError{} : tls_->error();
}

Awaitable<SystemError> ClientSocket::flush() {
    SystemError error;
    while (!try_send(error) && !error) {
        co_await tcp_.async_wait(TcpSocket::wait_write, asio::redirect_error(use_await, error));
    }
    co_return error;
}

}  // namespace tickcast
