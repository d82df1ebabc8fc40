// Counters, gauges and histograms that one thread writes and any thread reads: relaxed load and
// store, no read-modify-write. A scrape may be a few increments behind, never torn.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace tickcast {

class Counter {
public:
    void add(std::uint64_t amount = 1) noexcept {
        value_.store(value_.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
    }
    std::uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value_{0};
};

class Gauge {
public:
    void set(std::int64_t value) noexcept { value_.store(value, std::memory_order_relaxed); }
    void add(std::int64_t amount) noexcept { set(value() + amount); }
    std::int64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::int64_t> value_{0};
};

/// Edges of all our time histograms, in nanoseconds: 0.1 ms to 5 s (CONTRACT MET-36).
inline constexpr std::array<std::int64_t, 15> kLatencyEdgesNs{
    100'000,     250'000,     500'000,       1'000'000,     2'500'000,
    5'000'000,   10'000'000,  25'000'000,    50'000'000,    100'000'000,
    250'000'000, 500'000'000, 1'000'000'000, 2'500'000'000, 5'000'000'000};

class LatencyHistogram {
public:
    static constexpr std::size_t kBuckets = kLatencyEdgesNs.size() + 1;

    void observe(std::int64_t ns, std::uint64_t times = 1) noexcept {
        std::size_t bucket = 0;
        while (bucket < kLatencyEdgesNs.size() && ns > kLatencyEdgesNs[bucket])
            ++bucket;
        buckets_[bucket].add(times);
        sum_ns_.add(static_cast<std::uint64_t>(std::max<std::int64_t>(ns, 0)) * times);
    }
    std::uint64_t bucket(std::size_t index) const noexcept { return buckets_[index].value(); }
    std::uint64_t sum_ns() const noexcept { return sum_ns_.value(); }

private:
    std::array<Counter, kBuckets> buckets_{};
    Counter sum_ns_{};
};

}  // namespace tickcast
