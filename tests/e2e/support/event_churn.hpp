// Clients of Server-Sent Events that come and go at random, each on a thread of its own.
#pragma once

#include "support/event_client.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace tickcast::test {

class EventChurn {
public:
    EventChurn(Endpoint server, unsigned clients);
    ~EventChurn() { finish(); }
    EventChurn(EventChurn const&) = delete;
    EventChurn& operator=(EventChurn const&) = delete;

    /// Lets each client finish its current stream.
    void finish();
    /// After `finish`: prints the counts, and checks that nothing was wrong.
    void report() const;
    /// After `finish`: checks that every fate occurred.
    void expect_all_fates() const;

private:
    enum Fate : std::uint8_t { reset, left, removed, taken_over, own_ghost, count };

    void live(std::uint32_t seed);
    void live_once(std::mt19937& random);

    Endpoint const server_;
    std::atomic<bool> stop_{false};
    std::array<std::atomic<std::uint64_t>, count> fates_{};
    std::atomic<std::uint64_t> ticks_{0};
    std::atomic<std::uint64_t> came_{0};      ///< streams of a session that had one before
    std::atomic<std::uint64_t> too_late_{0};  ///< attempts whose session had expired
    std::mutex mutex_;
    std::vector<std::string> faults_;
    std::vector<std::thread> threads_;
};

}  // namespace tickcast::test
