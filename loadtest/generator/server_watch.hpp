// Reads the server's /metrics once a second on a thread of its own, so that a server that answers
// late delays no user. Stops and joins with the object.
#pragma once

#include "client/http_client.hpp"

#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace tickcast::load {

struct ServerSample {
    double at{0};           ///< seconds since the start
    double cpu_seconds{0};  ///< since the process began
    double resident_bytes{0};
    double descriptors{0};
    double sessions{0};
    double connections{0};
    double subscriptions{0};
    double slow_clients{0};
    double delivered{0};
    double conflated{0};
    double abandoned{0};

    /// Of what must return to where it was, gauge by gauge: one's rise is not another's fall.
    bool holds_no_more_than(ServerSample const& other) const noexcept {
        return sessions <= other.sessions && connections <= other.connections &&
               subscriptions <= other.subscriptions;
    }
    bool holds_nothing() const noexcept { return holds_no_more_than({}); }
};

/// Throws std::exception where a family is missing or the text is none.
ServerSample parse_server_sample(std::string const& text, double at);

class ServerWatch {
public:
    using Clock = std::chrono::steady_clock;

    /// Throws std::runtime_error if the first scrape fails.
    explicit ServerWatch(client::Endpoint admin);
    ~ServerWatch();
    ServerWatch(ServerWatch const&) = delete;
    ServerWatch& operator=(ServerWatch const&) = delete;

    ServerSample const& before() const noexcept { return before_; }
    /// From now on, times count from `start`.
    void begin(Clock::time_point start);
    std::vector<ServerSample> samples() const;
    std::size_t failed_scrapes() const noexcept { return failed_; }
    /// Waits until the server holds nothing; if it wasn't at zero before: no more than then, of
    /// each. Gives after how long; nothing if `limit` or `stop` came first.
    std::optional<double> settle(std::chrono::duration<double> limit,
                                 std::atomic<bool> const& stop);

private:
    ServerSample scrape();
    void watch();

    client::HttpConnection connection_;
    Clock::time_point start_;
    ServerSample before_;
    std::atomic<bool> end_{false};
    std::atomic<std::size_t> failed_{0};
    mutable std::mutex mutex_;
    std::vector<ServerSample> samples_;
    std::thread thread_;
};

}  // namespace tickcast::load
