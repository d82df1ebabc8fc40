#include "feed/replay/replay_pacer.hpp"

#include <algorithm>

namespace tickcast {
namespace {

// The longest wait for one row: a longer one (at a slow speed) would overflow the clock.
constexpr double kMaxAheadNs = 3e17;  // about ten years

/// With a limit on waits, a row after a shortened wait may lie far back in recorded time, but only
/// a little in real time.
std::int64_t max_step_back(double speed, Duration max_gap) noexcept {
    auto const usual = static_cast<double>(ReplayPacer::kMaxStepBack.count());
    if (max_gap == Duration{}) return ReplayPacer::kMaxStepBack.count();
    return static_cast<std::int64_t>(std::min(usual, static_cast<double>(max_gap.count()) * speed));
}

}  // namespace

ReplayPacer::ReplayPacer(double speed, Duration max_gap) noexcept
    : speed_(speed), max_gap_(max_gap), max_step_back_ns_(max_step_back(speed, max_gap)) {}

void ReplayPacer::begin_pass(SteadyTime at) noexcept {
    pass_began_ = at;
    last_due_ = at;
    origin_ns_.reset();
}

void ReplayPacer::begin_next_pass() noexcept {
    begin_pass(std::max(last_due_, pass_began_ + kMinPass));
}

SteadyTime ReplayPacer::due(std::int64_t ts_ns) noexcept {
    if (!paced()) return pass_began_;
    if (!origin_ns_) {
        go_on_from(ts_ns, pass_began_);
    } else if (ts_ns < newest_ns_ - max_step_back_ns_) {
        go_on_from(ts_ns, last_due_);
    }
    auto due = at_pace(ts_ns);
    if (max_gap_ > Duration{} && due > last_due_ + max_gap_) {
        due = last_due_ + max_gap_;
        go_on_from(ts_ns, due);
    }
    newest_ns_ = std::max(newest_ns_, ts_ns);
    last_due_ = std::max(last_due_, due);
    return last_due_;
}

void ReplayPacer::put_off(Duration by) noexcept {
    pass_began_ += by;
    last_due_ += by;
    origin_at_ += by;
}

SteadyTime ReplayPacer::at_pace(std::int64_t ts_ns) const noexcept {
    if (ts_ns <= *origin_ns_) return origin_at_;
    auto const ahead_ns = static_cast<double>(ts_ns - *origin_ns_) / speed_;
    return origin_at_ + Duration{static_cast<Duration::rep>(std::min(ahead_ns, kMaxAheadNs))};
}

void ReplayPacer::go_on_from(std::int64_t ts_ns, SteadyTime at) noexcept {
    origin_ns_ = ts_ns;
    origin_at_ = at;
    newest_ns_ = ts_ns;
}

}  // namespace tickcast
