// send() and recv() as all sockets here use them: they take what there is at once, raise no signal,
// and begin again where a signal interrupts them. Functions; on the socket's thread.
#pragma once

#include <cerrno>
#include <cstddef>
#include <string_view>
#include <sys/socket.h>
#include <sys/types.h>

namespace tickcast {

/// How many bytes the socket took; negative: none, and `errno` says why.
inline ssize_t send_now(int socket, std::string_view bytes) noexcept {
    ssize_t taken = 0;
    do {
        taken = ::send(socket, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    } while (taken < 0 && errno == EINTR);
    return taken;
}

/// How many bytes the socket gave, 0 at its end; negative: none, and `errno` says why.
inline ssize_t receive_now(int socket, void* into, std::size_t size) noexcept {
    ssize_t got = 0;
    do {
        got = ::recv(socket, into, size, MSG_DONTWAIT);
    } while (got < 0 && errno == EINTR);
    return got;
}

/// The socket has nothing to give, or no room, for now.
inline bool would_block(int error) noexcept {
    return error == EAGAIN || error == EWOULDBLOCK;
}

}  // namespace tickcast
