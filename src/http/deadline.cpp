#include "http/deadline.hpp"

namespace tickcast {

std::optional<SteadyTime> Deadline::set(Duration from_now, PeerClock& clock) noexcept {
    at_ = clock.now() + from_now;
    passed_ = false;
    auto const until = clock.steady(at_);
    if (until >= watching_) return std::nullopt;
    watching_ = until;
    return until;
}

Deadline::Look Deadline::timer_fired(PeerClock& clock) noexcept {
    auto const now = clock.steady_now();
    watching_ = SteadyTime::max();
    Look look;
    if (clock.now(now) >= at_) {
        look.passed = passed_ = true;
        watching_ = now + kCancelAgain;
    } else if (at_ != PeerTime::max()) {
        watching_ = clock.steady(at_);
    }
    if (watching_ != SteadyTime::max()) look.next = watching_;
    return look;
}

}  // namespace tickcast
