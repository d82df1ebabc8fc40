// Hands a slice's frames to the kernel, each for its own socket, without ever blocking. Owner: the
// shard, one per shard, used on its thread; made and destroyed while the shard does not run. Bound:
// the items of one call.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <system_error>

struct io_uring;

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
    /// Sends all items, at most one per socket, and fills in `taken` of each.
    virtual void send(std::span<SendItem> items) noexcept = 0;
};

/// A loop of send(2).
class LoopSender final : public BatchSender {
public:
    std::string_view name() const noexcept override { return "send"; }
    void send(std::span<SendItem> items) noexcept override;
};

/// Sends by an io_uring of its own: fill the ring, one io_uring_enter(2), reap. Every operation is
/// MSG_DONTWAIT and so completes within that call: no operation stays pending.
class UringSender final : public BatchSender {
public:
    /// Operations of one call; more items need several calls.
    static constexpr unsigned kEntries = 64;

    /// Null, with the reason in `error`, where the kernel gives no ring (kernel.io_uring_disabled,
    /// a container's seccomp profile, no descriptors left).
    static std::unique_ptr<UringSender> make(std::error_code& error);
    ~UringSender() override;
    UringSender(UringSender const&) = delete;
    UringSender& operator=(UringSender const&) = delete;

    std::string_view name() const noexcept override { return "io_uring"; }
    /// If the kernel ever refuses a call, these items and all later ones go by send(2).
    void send(std::span<SendItem> items) noexcept override;
    /// The kernel has refused a call.
    bool broken() const noexcept { return ring_ == nullptr; }

private:
    explicit UringSender(std::unique_ptr<io_uring> ring) noexcept;

    void fill(std::span<SendItem> batch) noexcept;
    void submit(std::span<SendItem> batch) noexcept;
    unsigned reap() noexcept;
    void give_up(int error) noexcept;

    std::unique_ptr<io_uring> ring_;
    LoopSender fallback_;
};

}  // namespace tickcast
