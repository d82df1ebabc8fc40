// One core's worth of the server: a thread, its io_context and its coarse tick. What lives on a
// shard (acceptor, connections, hub) is put there by app/ and touched by this thread alone.
// Lifetime: made and joined by the Application; `stop` from any thread.
#pragma once

#include "tickcast/base/clock.hpp"
#include "tickcast/metrics/shard_metrics.hpp"
#include "tickcast/runtime/executor.hpp"
#include "tickcast/runtime/peer_clock.hpp"
#include "tickcast/runtime/timer_wheel.hpp"

#include <cstdint>
#include <functional>
#include <thread>
#include <utility>

namespace tickcast {

class Shard {
public:
    Shard(std::uint32_t index, ShardMetrics& metrics);
    ~Shard();
    Shard(Shard const&) = delete;
    Shard& operator=(Shard const&) = delete;

    std::uint32_t index() const noexcept { return index_; }
    asio::io_context& io() noexcept { return io_; }
    TimerWheel& wheel() noexcept { return wheel_; }
    ShardMetrics& metrics() noexcept { return metrics_; }
    /// This moment, for latencies and throttles.
    SteadyTime now() const noexcept { return std::chrono::steady_clock::now(); }
    /// Time of the last coarse tick: good for deadlines, too coarse for latencies.
    SteadyTime coarse_now() const noexcept { return coarse_now_; }
    /// The peers' time then: what judges a peer goes by this one.
    PeerTime coarse_peer_now() const noexcept { return coarse_peer_now_; }
    PeerClock& peer_clock() noexcept { return peer_clock_; }

    /// Called once a tick on the shard's thread, after the wheel's deadlines; set before `start`.
    void on_tick(std::function<void(SteadyTime)> callback) { on_tick_ = std::move(callback); }
    void start();
    void stop();
    void join();

private:
    void arm_tick();
    void tick();

    std::uint32_t const index_;
    ShardMetrics& metrics_;
    asio::io_context io_{1};
    SteadyTimer tick_timer_{io_};
    PeerClock peer_clock_;
    SteadyTime coarse_now_;
    PeerTime coarse_peer_now_;
    TimerWheel wheel_;
    std::function<void(SteadyTime)> on_tick_;
    std::thread thread_;
};

}  // namespace tickcast
