#include "tickcast/runtime/event_loop.hpp"

#include <pthread.h>
#include <string>

namespace tickcast {

EventLoop::EventLoop(std::uint32_t index, ShardMetrics& metrics, ThreadTimes const& times)
    : index_(index),
      metrics_(metrics),
      peer_clock_(times),
      coarse_now_(now()),
      coarse_peer_now_(peer_clock_.now(coarse_now_)),
      wheel_(coarse_now_) {}

EventLoop::~EventLoop() {
    stop();
    join();
}

void EventLoop::start() {
    // A shard that has not ticked yet is not stuck: its first tick is measured from here.
    coarse_now_ = now();
    metrics_.last_turn_ns.set(Duration{coarse_now_.time_since_epoch()}.count());
    thread_ = std::thread{[this] {
        pthread_setname_np(pthread_self(), ("shard-" + std::to_string(index_)).c_str());
        auto const work = asio::make_work_guard(io_);
        peer_clock_.begin();
        tick_timer_.expires_at(now());
        arm_tick();
        io_.run();
    }};
}

void EventLoop::stop() {
    io_.stop();
}

void EventLoop::join() {
    if (thread_.joinable()) thread_.join();
}

void EventLoop::arm_tick() {
    tick_timer_.async_wait([this](SystemError error) {
        if (!error) tick();
    });
}

void EventLoop::tick() {
    coarse_now_ = now();
    auto const lag = coarse_now_ - tick_timer_.expiry();
    metrics_.loop_lag.observe(Duration{lag}.count());
    metrics_.last_turn_ns.set(Duration{coarse_now_.time_since_epoch()}.count());
    // Before any deadline: one that passed while nothing ran here has not passed for the peer.
    peer_clock_.ticked(coarse_now_, TimerWheel::kTick);
    coarse_peer_now_ = peer_clock_.now(coarse_now_);
    wheel_.advance(coarse_now_);
    if (on_tick_) on_tick_(coarse_now_);
    // From now, not from when it should have been: a busy loop must not tick to catch up.
    tick_timer_.expires_at(coarse_now_ + TimerWheel::kTick);
    arm_tick();
}

}  // namespace tickcast
