#include "simulation/world/stream_watch.hpp"

#include "simulation/world/broken.hpp"
#include "tickcast/config/settings.hpp"

#include <algorithm>

namespace tickcast::simulation {

namespace {

/// What a path, and a slow server, add to any deadline.
constexpr Nanos kMargin = 3 * kSecond;
/// The longest that a path holds back what was sent.
constexpr Nanos kLongestDelay = 2 * kSecond;
/// A tick that was taken in is with its clients within this time, where nothing holds it back.
constexpr Nanos kPrompt = 1'500 * kMillisecond;
/// A path on which no tick waits for the ones before it.
constexpr Nanos kShortLatency = 3 * kMillisecond;

Nanos nanos(double of_seconds) {
    return static_cast<Nanos>(of_seconds * 1e9);
}

}  // namespace

StreamWatch::StreamWatch(World const& world, StreamCheck const& check, Path const& path)
    : world_(world), check_(check), path_(path) {}

Nanos StreamWatch::now() const noexcept {
    return world_.now();
}

void StreamWatch::begin(std::int64_t throttle_ms) {
    throttle_ms_ = throttle_ms;
    last_read_at_ = last_ping_at_ = last_message_at_ = now();
}

void StreamWatch::read() {
    longest_gap_ = longest_gap();
    last_read_at_ = now();
    if (check_.pings() != pings_) last_ping_at_ = now();
    pings_ = check_.pings();
    if (check_.messages() != messages_) last_message_at_ = now();
    messages_ = check_.messages();
    if (check_.snapshots() != snapshots_) last_snapshot_at_ = now();
    snapshots_ = check_.snapshots();
    if (!excused_ && check_.snapshots() > 0) check_pace();
}

Nanos StreamWatch::longest_gap() const {
    auto const gap = now() - last_read_at_ - world_.held_up(last_read_at_, now());
    return std::max(longest_gap_, gap);
}

/// The throttle is the least time between two `ticks` frames: over a while they can't be more than
/// fit in. Delays of the path, and a reader's, can only crowd those of the begin.
void StreamWatch::check_pace() {
    if (pace_.since == 0 || pace_.subscribed != check_.subscribed()) {
        if (check_.subscribed() > 0) throttle_ms_ = check_.throttle_ms();
        pace_ = {throttle_ms_, check_.subscribed(), now(), check_.tick_frames()};
        return;
    }
    if (pace_.throttle_ms <= 0) return;
    auto const frames = static_cast<Nanos>(check_.tick_frames() - pace_.frames);
    auto const fit = (now() - pace_.since + kLongestDelay) / (pace_.throttle_ms * kMillisecond) + 2;
    require(frames <= fit, [&] {
        return std::to_string(frames) + " frames of ticks where " + std::to_string(fit) +
               " fit into " + std::to_string((now() - pace_.since) / kMillisecond) +
               " ms of throttle " + std::to_string(pace_.throttle_ms);
    });
}

void StreamWatch::look() const {
    if (excused_) return;
    auto const& settings = world_.settings();
    auto const late = [&](Nanos since, double seconds) {
        return now() - since > nanos(seconds) + kMargin + world_.held_up(since, now());
    };
    require(!late(last_message_at_, settings.heartbeat_seconds), "no heartbeat came");
    bool const pings = check_.transport() == StreamCheck::Transport::websocket;
    require(!pings || !late(last_ping_at_, settings.ping_seconds), "no ping came");
    if (check_.snapshots() > 0) look_for_ticks();
}

void StreamWatch::look_for_ticks() const {
    bool const quick = path_.latency <= kShortLatency && path_.lost_of_thousand == 0;
    if (!quick || throttle_ms_ < 0) return;
    auto const by = now() - kPrompt - throttle_ms_ * kMillisecond;
    // The throttle holds from a snapshot on too, of any ticker.
    if (last_snapshot_at_ > by || world_.held_up(by - kPrompt, now()) > 0) return;
    for (auto const& [ticker, newest] : check_.newest()) {
        auto const wanted = world_.accepted_by(ticker, by);
        require(newest >= wanted, [&] {
            return ticker + " is at " + std::to_string(newest) + ", " + std::to_string(wanted) +
                   " has been taken in for long";
        });
    }
}

}  // namespace tickcast::simulation
