// The shutdown of the process, in reverse order of its start: no new clients, then the streams are
// closed at an even rate, then feeds, shards, and last the admin listener. Owner: the Application;
// control thread. Bound: `longest`.
#pragma once

#include "app/admin_server.hpp"
#include "app/drain_deadline.hpp"
#include "app/intake.hpp"
#include "app/shards.hpp"
#include "app/shared_state.hpp"
#include "tickcast/runtime/executor.hpp"

#include <cstddef>
#include <cstdint>

namespace tickcast {

class Shutdown {
public:
    /// All parameters outlive this object.
    Shutdown(asio::io_context& control, SharedState& shared, Shards& shards, Intake& intake,
             AdminServer& admin);
    Shutdown(Shutdown const&) = delete;
    Shutdown& operator=(Shutdown const&) = delete;

    /// Starts the shutdown, which ends the control loop when it is done. Only the first call has an
    /// effect.
    void begin();
    /// The longest time from `begin` to the end of the control loop.
    static Duration longest(Settings const& settings);

private:
    enum class Phase : std::uint8_t {
        serving,
        delaying,         ///< new clients are refused with a clear answer (--drain-delay-seconds)
        draining,         ///< no client is accepted, the streams are being closed (--drain-seconds)
        stopping_shards,  ///< no more ticks; the remaining connections are cut
        closing_admin,
    };

    void drain_shards();
    void await_deadline();
    void shard_drained();
    void stop_shards();
    void shard_stopped();
    Awaitable<> close_admin();

    asio::io_context& control_;
    SharedState& shared_;
    Shards& shards_;
    Intake& intake_;
    AdminServer& admin_;
    Phase phase_{Phase::serving};
    SteadyTimer timer_;
    DrainDeadline deadline_{};
    std::size_t undrained_shards_{0};
    std::size_t running_shards_{0};
};

}  // namespace tickcast
