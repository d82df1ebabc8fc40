// A swarm: thousands of WebSocket clients on one thread and one epoll, which see the server from
// outside. One thread; a program with two threads makes two swarms. Bound: one socket per client.
#pragma once

#include "client/http_client.hpp"
#include "client/swarm_client.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tickcast::client {

struct SwarmOptions {
    /// Each client connects from an address of its own in 127.0.0.0/8; this reaches only a server
    /// on the same machine.
    bool spread_sources{true};
    /// The number of the first address. Swarms that run side by side begin at different numbers.
    std::size_t first_number{0};
};

class Swarm {
public:
    using Clock = std::chrono::steady_clock;

    explicit Swarm(Endpoint server, SwarmOptions options = {});
    ~Swarm();
    Swarm(Swarm const&) = delete;
    Swarm& operator=(Swarm const&) = delete;

    /// Adds a client, which begins at once. The reference is valid until remove_ended() or
    /// remove().
    SwarmClient& add(ClientOptions options);
    /// Removes the clients that have ended. Like add() and remove(), it must not be called from a
    /// callback.
    void remove_ended();
    /// Removes this client (reset if it is still connected).
    void remove(SwarmClient& client);

    std::vector<std::unique_ptr<SwarmClient>> const& clients() const noexcept { return clients_; }

    /// Whether `holds` is true for every client.
    template <typename Predicate>
    bool all(Predicate const& holds) const {
        return std::all_of(clients_.begin(), clients_.end(),
                           [&](auto const& client) { return holds(*client); });
    }
    /// Runs until every client has its snapshot; false if `limit` came first.
    bool run_until_streaming(std::chrono::milliseconds limit);

    /// One turn: waits for events, `limit` at most, and handles them.
    void poll(std::chrono::milliseconds limit);
    /// Turns until `done`, which is called after each turn; false if `limit` came first.
    bool run_until(std::function<bool()> const& done, std::chrono::milliseconds limit);
    void run_for(std::chrono::milliseconds time);

    /// Sums over all clients, including removed ones.
    std::uint64_t ticks() const noexcept { return ticks_; }
    std::uint64_t jumped() const noexcept { return jumped_; }
    std::uint64_t frames() const noexcept { return frames_; }
    std::uint64_t bytes() const noexcept { return bytes_; }
    /// How many frames had a tick whose `t` was in the future.
    std::uint64_t future_frames() const noexcept { return future_frames_; }
    /// The first hundred violations of rules by the server; and how many there were in all.
    std::vector<std::string> const& violations() const noexcept { return violations_; }
    std::uint64_t violation_count() const noexcept { return violation_count_; }

private:
    friend class SwarmClient;

    Endpoint server_;
    SwarmOptions options_;
    int epoll_{-1};
    std::vector<std::unique_ptr<SwarmClient>> clients_;
    std::size_t next_number_{0};
    Clock::time_point next_slow_;
    std::uint64_t ticks_{0};
    std::uint64_t jumped_{0};
    std::uint64_t frames_{0};
    std::uint64_t bytes_{0};
    std::uint64_t future_frames_{0};
    std::vector<std::string> violations_;
    std::uint64_t violation_count_{0};
    std::array<char, 262144> buffer_;
};

/// CLOCK_REALTIME in microseconds, the clock of a tick's `t`.
std::uint64_t wall_clock_us() noexcept;

}  // namespace tickcast::client
