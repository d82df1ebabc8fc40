#include "tickcast/transport/batch_sender.hpp"

#include <cerrno>
#include <sys/socket.h>

namespace tickcast {

void LoopSender::send(std::span<SendItem> items) noexcept {
    for (auto& item : items) {
        do {
            item.taken = ::send(item.socket, item.bytes.data(), item.bytes.size(),
                                MSG_DONTWAIT | MSG_NOSIGNAL);
        } while (item.taken < 0 && errno == EINTR);
        if (item.taken < 0) item.taken = -errno;
    }
}

}  // namespace tickcast
