#include "tickcast/runtime/timer_wheel.hpp"

#include <algorithm>

namespace tickcast {

std::uint64_t TimerWheel::tick_of(SteadyTime at) const noexcept {
    if (at <= start_) return 0;
    return static_cast<std::uint64_t>((at - start_ + kTick - Duration{1}) / kTick);
}

void TimerWheel::schedule(TimerNode& node, SteadyTime at) noexcept {
    thread_.check();
    node.cancel();
    node.due_tick_ = std::max(tick_of(at), tick_ + 1);
    slots_[node.due_tick_ % kSlots].push_back(node);
}

void TimerWheel::advance(SteadyTime now) noexcept {
    thread_.check();
    auto const until = static_cast<std::uint64_t>(std::max(now - start_, Duration{0}) / kTick);
    // After a long pause one whole turn visits every slot; more turns would find the same nodes.
    if (until > tick_ + kSlots) tick_ = until - kSlots;
    while (tick_ < until) {
        ++tick_;
        // The slot is emptied first: a node that schedules itself a whole turn ahead lands in it
        // again.
        List visited;
        visited.swap(slots_[tick_ % kSlots]);
        while (!visited.empty()) {
            auto& node = visited.front();
            visited.pop_front();
            if (node.due_tick_ > until) {
                slots_[node.due_tick_ % kSlots].push_back(node);
            } else {
                node.fire_(node.owner_, now);
            }
        }
    }
}

}  // namespace tickcast
