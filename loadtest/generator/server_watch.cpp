#include "generator/server_watch.hpp"

#include "client/metrics_text.hpp"

#include <stdexcept>

namespace tickcast::load {
namespace {

using namespace std::chrono_literals;

constexpr auto kInterval = 1s;
constexpr auto kLook = 20ms;  ///< how often the thread checks whether to stop

}  // namespace

ServerSample parse_server_sample(std::string const& text, double at) {
    client::Metrics const metrics(text);
    return {.at = at,
            .cpu_seconds = metrics.at("process_cpu_seconds_total"),
            .resident_bytes = metrics.at("process_resident_memory_bytes"),
            .descriptors = metrics.at("process_open_fds"),
            .sessions = metrics.total("tickcast_sessions"),
            .connections = metrics.total("tickcast_connections"),
            .subscriptions = metrics.at("tickcast_subscriptions"),
            .slow_clients = metrics.at("tickcast_slow_clients"),
            .delivered = metrics.at("tickcast_ticks_delivered_total"),
            .conflated = metrics.at("tickcast_ticks_conflated_total"),
            .abandoned = metrics.at("tickcast_ticks_abandoned_total")};
}

ServerWatch::ServerWatch(client::Endpoint admin)
    : connection_(std::move(admin), 5s), start_(Clock::now()), before_(scrape()) {}

ServerWatch::~ServerWatch() {
    end_ = true;
    if (thread_.joinable()) thread_.join();
}

void ServerWatch::begin(Clock::time_point start) {
    start_ = start;
    thread_ = std::thread(&ServerWatch::watch, this);
}

ServerSample ServerWatch::scrape() {
    auto const reply = connection_.request("GET", "/metrics");
    if (reply.status != 200) {
        throw std::runtime_error("/metrics answered " + std::to_string(reply.status));
    }
    auto const at = std::chrono::duration<double>(Clock::now() - start_).count();
    return parse_server_sample(reply.body, at);
}

void ServerWatch::watch() {
    for (auto next = start_; !end_; next += kInterval) {
        while (!end_ && Clock::now() < next)
            std::this_thread::sleep_for(kLook);
        if (end_) return;
        try {
            auto const sample = scrape();
            std::lock_guard const lock(mutex_);
            samples_.push_back(sample);
        } catch (std::exception const&) {
            ++failed_;
            connection_.close();
        }
    }
}

std::vector<ServerSample> ServerWatch::samples() const {
    std::lock_guard const lock(mutex_);
    return samples_;
}

std::optional<double> ServerWatch::settle(std::chrono::duration<double> limit,
                                          std::atomic<bool> const& stop) {
    auto const begun = std::chrono::duration<double>(Clock::now() - start_).count();
    auto const deadline = Clock::now() + std::chrono::duration_cast<Clock::duration>(limit);
    for (;;) {
        auto const all = samples();
        if (!all.empty() && all.back().at > begun && all.back().holds_no_more_than(before_)) {
            return all.back().at - begun;
        }
        if (stop || Clock::now() >= deadline) return std::nullopt;
        std::this_thread::sleep_for(kLook);
    }
}

}  // namespace tickcast::load
