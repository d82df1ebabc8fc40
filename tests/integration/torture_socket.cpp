#include "integration/torture_socket.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include <utility>

namespace tickcast::test {

void TortureSocket::connect(TortureTarget target, int receive_buffer, bool tls12) {
    hang_up(false);
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (receive_buffer > 0) {
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    }
    timeval const patience{.tv_sec = kPatienceMs / 1000, .tv_usec = 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(target.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
        throw Fault{"connect failed"};
    }
    if (!target.over_tls) return;
    tls_.emplace(socket_, tls12);
    if (!tls_->ok()) throw Fault{"no TLS handshake"};
}

void TortureSocket::hang_up(bool reset) noexcept {
    tls_.reset();
    if (socket_ < 0) return;
    linger const now{1, 0};
    if (reset) ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    ::close(std::exchange(socket_, -1));
}

void TortureSocket::send(std::string_view bytes) noexcept {
    if (tls_) {
        tls_->send(bytes);
        return;
    }
    while (!bytes.empty()) {
        // A server that has closed meanwhile answers with RST: its close frame was read already, or
        // is read next.
        auto const sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0) return;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

ssize_t TortureSocket::receive(char* into, std::size_t size) noexcept {
    return tls_ ? tls_->recv(into, size) : ::recv(socket_, into, size, 0);
}

std::string TortureSocket::read_head() {
    std::string head;
    char byte = 0;
    while (!head.ends_with("\r\n\r\n")) {
        if (receive(&byte, 1) != 1) throw Fault{"cut within the head of an answer: " + head};
        head += byte;
    }
    return head;
}

bool TortureSocket::wait(int milliseconds) const noexcept {
    pollfd waiting{socket_, POLLIN, 0};
    return (tls_ && tls_->pending()) || ::poll(&waiting, 1, milliseconds) > 0;
}

bool TortureSocket::update_keys() noexcept {
    if (tls_) tls_->update_keys();
    return tls_.has_value();
}

}  // namespace tickcast::test
