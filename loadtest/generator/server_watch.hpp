// Reads the server's /metrics once per second on a thread of its own, so that a server that answers
// late delays no user. Owner: run(); the destructor stops and joins the thread. Bound: one sample
// per second.
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

    /// The gauges that must return to their values from before, compared one by one: the rise of
    /// one must not be hidden by the fall of another.
    bool holds_no_more_than(ServerSample const& other) const noexcept {
        return sessions <= other.sessions && connections <= other.connections &&
               subscriptions <= other.subscriptions;
    }
    bool holds_nothing() const noexcept { return holds_no_more_than({}); }
};

/// Throws std::exception if a family is missing or the text is no metrics text.
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
    /// From now on, times are counted from `start`.
    void begin(Clock::time_point start);
    std::vector<ServerSample> samples() const;
    std::size_t failed_scrapes() const noexcept { return failed_; }
    /// Waits until the server holds nothing; if it was not at zero before the run, until each gauge
    /// is at most at its value from before. Returns how long that took; nothing if `limit` or
    /// `stop` came first.
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
