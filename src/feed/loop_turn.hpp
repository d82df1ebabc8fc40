// The next turn of a feed that works in turns of the control loop: at a given time, or soon. Owner:
// the feed, on the control thread. Bound: one turn. A handler that is still queued when this object
// is cancelled, armed again or destroyed does nothing.
#pragma once

#include "tickcast/base/clock.hpp"
#include "tickcast/runtime/executor.hpp"

#include <cstdint>
#include <functional>
#include <memory>

namespace tickcast {

class LoopTurn {
public:
    LoopTurn(asio::io_context& io, std::function<void()> turn);
    ~LoopTurn() { cancel(); }
    LoopTurn(LoopTurn const&) = delete;
    LoopTurn& operator=(LoopTurn const&) = delete;

    void at(SteadyTime when);
    /// Runs after every handler that is ready now: signals and the admin listener come first.
    void soon();
    void cancel() noexcept;

private:
    SteadyTimer timer_;
    std::function<void()> turn_;
    std::shared_ptr<std::uint64_t> armed_;  ///< counts armings; queued handlers keep it alive
};

}  // namespace tickcast
