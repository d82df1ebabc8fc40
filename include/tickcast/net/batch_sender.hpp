// Hands a slice's frames to the kernel, each to its own socket, without ever blocking.
// One a shard, on its thread.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace tickcast {

struct SendItem {
    int socket{-1};
    std::string_view bytes{};
    std::ptrdiff_t taken{0};  ///< result: bytes the kernel took, or -errno
};

class BatchSender {
public:
    virtual ~BatchSender() = default;
    virtual std::string_view name() const noexcept = 0;
    /// Sends all items and fills in what each took.
    virtual void send(std::span<SendItem> items) noexcept = 0;
};

/// A loop of send(2).
class LoopSender final : public BatchSender {
public:
    std::string_view name() const noexcept override { return "send"; }
    void send(std::span<SendItem> items) noexcept override;
};

}  // namespace tickcast
