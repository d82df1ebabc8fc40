#include "generator/plan.hpp"

#include <algorithm>
#include <cmath>

namespace tickcast::load {
namespace {

constexpr double kGoldenRatio = 0.6180339887498949;
constexpr double kLongestStay = 10;            ///< times the mean: the distribution has no end
constexpr double kMidHandshakeShare = 0.25;    ///< of the stays of aborting users
constexpr double kMidHandshakeSeconds = 0.02;  ///< about as long as a creation and an upgrade take

/// splitmix64's finalizer (Steele, Lea, Flood 2014).
std::uint64_t mix(std::uint64_t x) noexcept {
    x += 0x9E3779B97F4A7C15U;
    x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9U;
    x = (x ^ (x >> 27U)) * 0x94D049BB133111EBU;
    return x ^ (x >> 31U);
}

double fraction(double x) noexcept {
    return x - std::floor(x);
}

}  // namespace

double Plan::draw(Purpose purpose, std::size_t user, std::size_t visit) const noexcept {
    auto const bits =
        mix(mix(mix(mix(settings_.seed) ^ static_cast<std::uint64_t>(purpose)) ^ user) ^ visit);
    return static_cast<double>(bits >> 11U) * 0x1.0p-53;
}

double Plan::arrival(std::size_t user) const noexcept {
    auto const slot = settings_.ramp_seconds / static_cast<double>(settings_.users);
    return slot * (static_cast<double>(user) + draw(Purpose::arrival, user, 0));
}

Kind Plan::kind(std::size_t user) const noexcept {
    double const at = 100 * fraction(static_cast<double>(user) * kGoldenRatio);
    double edge = settings_.slow_percent;
    if (at < edge) return Kind::slow;
    if (at < (edge += settings_.aborting_percent)) return Kind::aborting;
    if (at < (edge += settings_.returning_percent)) return Kind::returning;
    if (at < edge + settings_.leaving_percent) return Kind::leaving;
    return Kind::steady;
}

double Plan::stay(std::size_t user, std::size_t visit) const noexcept {
    auto const who = kind(user);
    if (who == Kind::steady || who == Kind::slow) return 0;
    auto const uniform = draw(Purpose::stay, user, visit);
    if (who == Kind::aborting && draw(Purpose::mid_handshake, user, visit) < kMidHandshakeShare) {
        return uniform * kMidHandshakeSeconds;
    }
    return settings_.stay_seconds * std::min(-std::log1p(-uniform), kLongestStay);
}

double Plan::pause(std::size_t user, std::size_t visit) const noexcept {
    return 2 * settings_.pause_seconds * draw(Purpose::pause, user, visit);
}

bool Plan::vanishes(std::size_t user, std::size_t visit) const noexcept {
    return draw(Purpose::vanish, user, visit) < 0.5;
}

double Plan::back_off(std::size_t user, std::size_t visit, unsigned attempt) const noexcept {
    auto const most = std::min(20.0, std::ldexp(0.5, static_cast<int>(std::min(attempt, 10U))));
    return most * draw(Purpose::back_off, user, visit);
}

double Plan::drop(std::size_t user) const noexcept {
    // Not the order of arrival: this order mixes kinds and threads.
    auto const position = fraction(static_cast<double>(user + 1) * kGoldenRatio);
    return drop_begins() + settings_.drop_seconds * position;
}

std::size_t Plan::wanted(double at) const noexcept {
    auto const all = static_cast<double>(settings_.users);
    if (at < 0) return 0;
    if (at < settings_.ramp_seconds) {
        return static_cast<std::size_t>(all * at / settings_.ramp_seconds);
    }
    if (at < drop_begins()) return settings_.users;
    if (at >= drop_ends()) return 0;
    return static_cast<std::size_t>(all * (drop_ends() - at) / settings_.drop_seconds);
}

}  // namespace tickcast::load
