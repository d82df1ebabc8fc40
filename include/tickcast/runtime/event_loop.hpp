// A shard's event loop: one thread, its io_context and its coarse tick. app/ puts the acceptor, the
// connections and the hub on it; this thread alone touches them. Owner: app/Shard, made and
// joined on the control thread; `stop` is for any thread.
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

class EventLoop {
public:
    /// `times` outlives the shard: all that runs on this loop takes its time from there.
    EventLoop(std::uint32_t index, ShardMetrics& metrics,
              ThreadTimes const& times = ThreadTimes::system());
    ~EventLoop();
    EventLoop(EventLoop const&) = delete;
    EventLoop& operator=(EventLoop const&) = delete;

    std::uint32_t index() const noexcept { return index_; }
    asio::io_context& io() noexcept { return io_; }
    TimerWheel& wheel() noexcept { return wheel_; }
    ShardMetrics& metrics() noexcept { return metrics_; }
    /// This moment, for latencies and throttles.
    SteadyTime now() const noexcept { return peer_clock_.steady_now(); }
    /// The time of the last coarse tick: good for deadlines, too coarse for latencies.
    SteadyTime coarse_now() const noexcept { return coarse_now_; }
    /// Peer time at the last coarse tick: deadlines that judge a peer use this one.
    PeerTime coarse_peer_now() const noexcept { return coarse_peer_now_; }
    PeerClock& peer_clock() noexcept { return peer_clock_; }

    /// Called once per coarse tick on the shard's thread, after the wheel's deadlines; set before
    /// `start`.
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
