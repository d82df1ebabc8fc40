// Who comes when, how they behave and when they go: fixed by the settings and the seed before the
// first of them arrives, whatever the server then does. That is what makes the load open-loop: who
// leaves or aborts goes at its time, streaming or not, and its successor's time is the same moment.
// Two things do depend on the server: who returns to a session goes only once it streams (it would
// have nothing to return to), and when a try that failed is made again.
#pragma once

#include "generator/settings.hpp"

#include <cstddef>
#include <cstdint>

namespace tickcast::load {

enum class Kind : std::uint8_t { steady, slow, aborting, returning, leaving };

/// Times are seconds since the run began. Immutable; may be shared by threads.
class Plan {
public:
    explicit Plan(Settings const& settings) : settings_(settings) {}

    /// The first arrival of user 0 to users - 1: evenly over the ramp, with jitter.
    double arrival(std::size_t user) const noexcept;
    /// The shares are kept to within one user or two, among any users that follow each other.
    Kind kind(std::size_t user) const noexcept;
    /// How long the user's `visit`th stay lasts, failures and new tries included; 0 for those who
    /// stay to the end.
    double stay(std::size_t user, std::size_t visit) const noexcept;
    /// How long one who returns is away.
    double pause(std::size_t user, std::size_t visit) const noexcept;
    /// Whether one who returns goes without a word, as on a train into a tunnel.
    bool vanishes(std::size_t user, std::size_t visit) const noexcept;
    /// Before a new attempt after a failure: up to min(20 s, 0.5 s · 2^attempt), the contract's
    /// rule for clients.
    double back_off(std::size_t user, std::size_t visit, unsigned attempt) const noexcept;
    /// When the user goes for good, in an order of its own.
    double drop(std::size_t user) const noexcept;
    double drop_begins() const noexcept { return settings_.stay_until(); }
    double drop_ends() const noexcept { return settings_.stay_until() + settings_.drop_seconds; }
    /// How many ought to be there at this time.
    std::size_t wanted(double at) const noexcept;

private:
    enum class Purpose : std::uint64_t { arrival, stay, mid_handshake, pause, vanish, back_off };
    /// Uniform in [0, 1), the same for the same arguments and seed.
    double draw(Purpose purpose, std::size_t user, std::size_t visit) const noexcept;

    Settings settings_;
};

}  // namespace tickcast::load
