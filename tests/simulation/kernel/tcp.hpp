// TCP connections of the box: two ends, each with a send and a receive buffer, and a path between
// them with latency. Bytes move as the receiver has room; the kernel takes a part of a send where
// the send buffer fills up, and at random. Peers can vanish without a word, reset, or never read.
// Semantics are Linux's, as far as a server sees them: readiness, FIN, RST, TCP_USER_TIMEOUT,
// TCP_NOTSENT_LOWAT, keepalive. One thread at a time (Scheduler).
#pragma once

#include "simulation/kernel/file.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <netinet/in.h>
#include <string>
#include <string_view>
#include <vector>

namespace tickcast::simulation {

/// How a connection's path behaves.
struct Path {
    Nanos latency{50 * kMicrosecond};  ///< one way
    Nanos jitter{0};                   ///< up to this much more, drawn for each piece
    unsigned lost_of_thousand{0};      ///< pieces that come 200 ms later, as after a retransmission
    unsigned partial_of_thousand{0};   ///< sends of which the kernel takes a random part
    std::size_t largest_piece{16'384};
};

class TcpEnd {
public:
    struct Options {
        std::size_t send_room{2'626'560};     ///< SO_SNDBUF as the kernel accounts
        std::size_t receive_room{131'072};    ///< SO_RCVBUF
        std::size_t unsent_low_water{~0ULL};  ///< TCP_NOTSENT_LOWAT
        Nanos user_timeout{0};                ///< 0 for the kernel's own, 15 minutes
        bool keep_alive{false};
        Nanos keep_idle{7200 * kSecond};
        Nanos keep_interval{75 * kSecond};
        int keep_probes{9};
    };

    TcpEnd(Scheduler& scheduler, sockaddr_in local, sockaddr_in remote, Path const& path);
    static void join(std::shared_ptr<TcpEnd> const& one, std::shared_ptr<TcpEnd> const& other);

    /// Bytes that the kernel took, or -errno.
    std::ptrdiff_t send(std::string_view bytes);
    /// Bytes read, 0 at the end, or -errno.
    std::ptrdiff_t receive(char* into, std::size_t size, bool peek = false);
    void shutdown_send();
    /// Closes; by RST where asked to, or where bytes are unread.
    void close(bool reset = false);
    /// From now on nothing reaches the other end, and nothing comes from it: no FIN, no RST.
    void vanish() noexcept;
    std::uint32_t readiness() const;
    int take_error() noexcept;

    Options options;
    /// Called with the events that happened.
    std::function<void(std::uint32_t)> on_event;
    sockaddr_in const local;
    sockaddr_in const remote;

    std::shared_ptr<TcpEnd> peer() const noexcept { return peer_.lock(); }
    /// The run's numbers.
    Random& random() noexcept { return scheduler_.random(); }
    std::size_t readable() const noexcept { return arrived_.size(); }
    bool at_end() const noexcept { return fin_arrived_ && arrived_.empty(); }
    bool was_reset() const noexcept { return was_reset_; }
    bool is_closed() const noexcept { return closed_; }
    /// Bytes that the other end has not taken from its socket.
    std::size_t in_flight() const noexcept { return unsent_.size() + flying_; }

private:
    std::size_t free_room() const noexcept;
    bool writable() const noexcept;
    void transmit();
    void announce_window();
    void arrive(std::string const& bytes);
    void fin_arrives();
    void rst_arrives(int error);
    void send_rst();
    void after_path(std::function<void(TcpEnd&)> action);
    void watch_acknowledgement();
    void watch_idle();
    void fail(int error);
    void notify(std::uint32_t events);

    Scheduler& scheduler_;
    Path const path_;
    std::weak_ptr<TcpEnd> self_;
    std::weak_ptr<TcpEnd> peer_;
    std::string unsent_;
    std::size_t flying_{0};
    std::string arrived_;
    Nanos last_arrival_{0};  ///< of what this end has sent: the order is kept
    Nanos last_progress_{0};
    Nanos last_heard_{0};
    mutable bool was_full_{false};  ///< SOCK_NOSPACE: someone saw that no byte fits
    bool fin_asked_{false};
    bool fin_sent_{false};
    bool fin_arrived_{false};
    bool was_reset_{false};
    bool closed_{false};
    bool vanished_{false};
    bool watches_ack_{false};
    bool watches_idle_{false};
    int error_{0};
};

/// A socket's descriptor: fresh, listening, connecting or connected.
class SocketFile final : public File {
public:
    SocketFile() = default;

    /// Null before it is connected.
    TcpEnd* end() noexcept { return end_.get(); }
    void connected(std::shared_ptr<TcpEnd> end);
    std::uint32_t readiness() const override;
    std::ptrdiff_t read(void* into, std::size_t size) override;
    std::ptrdiff_t write(void const* from, std::size_t size) override;
    void closed() override;

    TcpEnd::Options options;  ///< until it is connected
    bool linger_at_once{false};
    sockaddr_in address{};
    bool reuse_port{false};
    bool listening{false};
    bool connecting{false};
    int connect_error{0};
    std::size_t backlog{0};
    std::deque<std::shared_ptr<TcpEnd>> queue;

private:
    std::shared_ptr<TcpEnd> end_;
};

}  // namespace tickcast::simulation
