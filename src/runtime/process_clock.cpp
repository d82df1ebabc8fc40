#include "tickcast/runtime/process_clock.hpp"

#include <algorithm>

namespace tickcast {

void ProcessClock::begin() noexcept {
    begun_ = true;
    own_.begin();
    publish(times_.now(), PeerClock::kLeastPause);
}

Duration ProcessClock::tick(Duration until_next) noexcept {
    if (!begun_) return Duration{0};
    auto const now = times_.now();
    auto const found = own_.ticked(now, until_next);
    publish(now, until_next);
    return found;
}

/// No peer is judged past the thread's next tick: that tick may find a pause.
void ProcessClock::publish(SteadyTime now, Duration until_next) noexcept {
    auto const until = own_.now(now).time_since_epoch() + until_next;
    left_out_.store(own_.left_out().count(), std::memory_order_relaxed);
    until_.store(until.count(), std::memory_order_relaxed);
    woke_.store(own_.woke().time_since_epoch().count(), std::memory_order_relaxed);
}

PeerTime ProcessClock::read(Duration late) const noexcept {
    auto const left_out = Duration{left_out_.load(std::memory_order_relaxed)};
    auto const until = Duration{until_.load(std::memory_order_relaxed)} + late;
    return PeerTime{std::min(now().time_since_epoch() - left_out, until)};
}

SteadyTime ProcessClock::woke() const noexcept {
    return SteadyTime{Duration{woke_.load(std::memory_order_relaxed)}};
}

/// Includes a pause that is not noticed yet: the tick that was due is long overdue.
Duration ProcessClock::left_out() const noexcept {
    auto const left_out = Duration{left_out_.load(std::memory_order_relaxed)};
    auto const until = Duration{until_.load(std::memory_order_relaxed)};
    auto const steady = now().time_since_epoch();
    auto const late = steady - left_out - until;
    return late > PeerClock::kLeastPause ? steady - until : left_out;
}

}  // namespace tickcast
