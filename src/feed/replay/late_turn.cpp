#include "feed/replay/late_turn.hpp"

#include "tickcast/runtime/peer_clock.hpp"

#include <algorithm>
#include <utility>

namespace tickcast {

bool LateTurn::gives_way(SteadyTime now) noexcept {
    gave_way_ = !gave_way_ && now - planned_ >= PeerClock::kLeastPause;
    return gave_way_;
}

Duration LateTurn::paused(SteadyTime now, Duration left_out) noexcept {
    auto const found = left_out - std::exchange(left_out_, left_out);
    return std::max(std::min<Duration>(now - planned_, found), Duration{0});
}

}  // namespace tickcast
