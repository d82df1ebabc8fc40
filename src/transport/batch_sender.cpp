#include "tickcast/transport/batch_sender.hpp"

#include "transport/socket_calls.hpp"

#include <cerrno>

namespace tickcast {

void LoopSender::send(std::span<SendItem> items) noexcept {
    for (auto& item : items) {
        item.taken = send_now(item.socket, item.bytes);
        if (item.taken < 0) item.taken = -errno;
    }
}

}  // namespace tickcast
