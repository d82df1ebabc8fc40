#include "tickcast/runtime/peer_clock.hpp"

#include <algorithm>
#include <ctime>
#include <utility>

namespace tickcast {

namespace {

class SystemTimes final : public ThreadTimes {
public:
    SteadyTime now() const noexcept override { return SystemClock{}.now(); }
    std::int64_t wall_us() const noexcept override { return SystemClock{}.wall_us(); }
    Duration cpu() const noexcept override {
        timespec time{};
        ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
        return std::chrono::seconds{time.tv_sec} + std::chrono::nanoseconds{time.tv_nsec};
    }
};

/// Input that waited takes some time to be read, and more input takes longer.
constexpr Duration kLeastReading = std::chrono::seconds{1};
/// Many short pauses in a row add up to this at most, or an idle client could send a flood.
constexpr Duration kMostCarried = std::chrono::minutes{1};

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
    return steady < waited_until_ ? steady - waited_ : steady;
}

void PeerClock::look(SteadyTime now, Duration cpu) noexcept {
    auto const gap = (now - ticked_) - until_next_ - (cpu - cpu_);
    if (!begun_ || gap <= kLeastPause) return;
    leave_out(now, gap);
    found_ += gap;
    ticked_ = now;  // or the same pause would be found again
    cpu_ = cpu;
    until_next_ = Duration{0};  // the tick is due by now
}

void PeerClock::leave_out(SteadyTime now, Duration gap) noexcept {
    auto const began = now - gap;
    auto const stood_at = read(began);  // may lie within the catching up after another pause
    resumes_ = now + catch_up(began, gap);
    left_out_ = resumes_.time_since_epoch() - stood_at.time_since_epoch();
    waited_ = waited(began, gap);
    woke_ = now;
    waited_until_ = now + std::max(waited_, kLeastReading);
}

/// The rest of the last catching up, and for this pause no more than has counted since: where
/// pauses follow each other closely, half of the time that runs in between still counts.
Duration PeerClock::catch_up(SteadyTime began, Duration gap) const noexcept {
    auto const most = std::min(gap, kMostCatchUp);
    if (resumes_ == SteadyTime::min()) return most;
    if (began < resumes_) return resumes_ - began;
    return std::min<Duration>(most, began - resumes_);
}

/// Input that arrived in the previous pause may still wait, if this pause began before it could be
/// read. Reading takes no longer than the waiting did.
Duration PeerClock::waited(SteadyTime began, Duration gap) const noexcept {
    if (woke_ == SteadyTime::min() || began - woke_ >= kLeastReading) return gap;
    auto const still = std::max(waited_ - (began - woke_), Duration{0});
    return std::max(gap, std::min(still + gap, std::max(still, kMostCarried)));
}

}  // namespace tickcast
