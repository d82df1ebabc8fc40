// The plan of a run: when each user comes, how it behaves and when it goes. The settings and the
// seed fix the plan before the first user arrives, whatever the server then does. That makes the
// load open-loop: a user that leaves or aborts goes at its time, streaming or not, and its
// successor comes at the same moment. Two things depend on the server: a user that will return to
// its session goes only once it streams (otherwise it has nothing to return to), and a failed
// attempt decides when the next one is made.
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
    /// The user's kind. Among consecutive users the shares of the kinds are exact to within one or
    /// two users.
    Kind kind(std::size_t user) const noexcept;
    /// How long the user's `visit`th stay lasts, including failures and new attempts; 0 for a user
    /// that stays until the end of the run.
    double stay(std::size_t user, std::size_t visit) const noexcept;
    /// How long a user that returns is away.
    double pause(std::size_t user, std::size_t visit) const noexcept;
    /// Whether a user that returns goes without a close frame, as when a train enters a tunnel.
    bool vanishes(std::size_t user, std::size_t visit) const noexcept;
    /// The wait before a new attempt after a failure: up to min(20 s, 0.5 s · 2^attempt), the
    /// contract's rule for clients.
    double back_off(std::size_t user, std::size_t visit, unsigned attempt) const noexcept;
    /// When the user goes permanently, in an order of its own.
    double drop(std::size_t user) const noexcept;
    double drop_begins() const noexcept { return settings_.stay_until(); }
    double drop_ends() const noexcept { return settings_.stay_until() + settings_.drop_seconds; }
    /// How many users should be there at this time.
    std::size_t wanted(double at) const noexcept;

private:
    enum class Purpose : std::uint64_t { arrival, stay, mid_handshake, pause, vanish, back_off };
    /// Uniform in [0, 1), the same for the same arguments and seed.
    double draw(Purpose purpose, std::size_t user, std::size_t visit) const noexcept;

    Settings settings_;
};

}  // namespace tickcast::load
