#include "tickcast/runtime/peer_clock.hpp"

#include <algorithm>
#include <ctime>
#include <utility>

namespace tickcast {

namespace {

class SystemTimes final : public ThreadTimes {
public:
    SteadyTime now() const noexcept override { return std::chrono::steady_clock::now(); }
    Duration cpu() const noexcept override {
        timespec time{};
        ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
        return std::chrono::seconds{time.tv_sec} + std::chrono::nanoseconds{time.tv_nsec};
    }
};

/// What waited may take a while to be read, more so where it is much.
constexpr Duration kLeastReading = std::chrono::seconds{1};

}  // namespace

ThreadTimes const& ThreadTimes::system() noexcept {
    static SystemTimes const times;
    return times;
}

void PeerClock::begin() noexcept {
    begun_ = true;
    ticked_ = times_.now();
    cpu_ = times_.cpu();
}

Duration PeerClock::ticked(SteadyTime now, Duration until_next) noexcept {
    auto const cpu = times_.cpu();
    look(now, cpu);
    ticked_ = now;
    cpu_ = cpu;
    until_next_ = until_next;
    return std::exchange(found_, Duration{0});
}

PeerTime PeerClock::now(SteadyTime steady) noexcept {
    if (begun_ && steady - ticked_ > until_next_ + kLeastPause) look(steady, times_.cpu());
    return read(steady);
}

PeerTime PeerClock::read(SteadyTime steady) const noexcept {
    return PeerTime{(std::max(steady, resumes_) - left_out_).time_since_epoch()};
}

SteadyTime PeerClock::steady(PeerTime at) const noexcept {
    if (at == PeerTime::max()) return SteadyTime::max();
    return SteadyTime{at.time_since_epoch()} + left_out_;
}

SteadyTime PeerClock::waiting_since(SteadyTime steady) noexcept {
    now(steady);
    if (steady >= waited_until_) return steady;
    return std::min(steady, woke_ - waited_);
}

void PeerClock::look(SteadyTime now, Duration cpu) noexcept {
    auto const gap = (now - ticked_) - until_next_ - (cpu - cpu_);
    if (!begun_ || gap <= kLeastPause) return;
    leave_out(now, gap);
    found_ += gap;
    ticked_ = now;  // or it would be found again
    cpu_ = cpu;
    until_next_ = Duration{0};  // the tick is due by now
}

void PeerClock::leave_out(SteadyTime now, Duration gap) noexcept {
    // As it stood when the pause began; that may have been within the catching up after another.
    auto const stood_at = read(now - gap);
    auto const waited_before = now - gap < waited_until_ ? waited_ : Duration{0};
    resumes_ = now + std::min(gap, kMostCatchUp);
    left_out_ = resumes_.time_since_epoch() - stood_at.time_since_epoch();
    woke_ = now;
    waited_ = waited_before + gap;
    waited_until_ = now + std::max(waited_, kLeastReading);
}

}  // namespace tickcast
