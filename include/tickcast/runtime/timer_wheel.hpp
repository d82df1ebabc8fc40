// Coarse deadlines of one shard: O(1) to set and to cancel, no timer object per connection. Owner:
// the EventLoop, on its thread. A node belongs to the object that waits, and unlinks itself when
// destroyed. Bound: one entry per node.
#pragma once

#include "tickcast/base/clock.hpp"
#include "tickcast/base/thread_checker.hpp"

#include <boost/intrusive/list.hpp>

#include <array>
#include <cstdint>

namespace tickcast {

namespace timer_wheel_detail {
using Hook =
    boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;
}

/// One pending deadline. `fire` runs on the shard's thread, at most once per `schedule`.
class TimerNode : public timer_wheel_detail::Hook {
public:
    using Fire = void (*)(void* owner, SteadyTime now) noexcept;
    TimerNode(Fire fire, void* owner) noexcept : fire_(fire), owner_(owner) {}

    void cancel() noexcept {
        if (is_linked()) unlink();
    }

private:
    friend class TimerWheel;
    Fire fire_;
    void* owner_;
    std::uint64_t due_tick_{0};
};

class TimerWheel {
public:
    /// How late a node may fire if the loop is not busy; a node never fires early.
    static constexpr Duration kTick = std::chrono::milliseconds{10};

    explicit TimerWheel(SteadyTime start) noexcept : start_(start) {}

    /// Sets the node to `at`, wherever it was before.
    void schedule(TimerNode& node, SteadyTime at) noexcept;
    /// Fires the nodes that are due by `now`. A node may schedule itself or others again from
    /// `fire`.
    void advance(SteadyTime now) noexcept;

private:
    using List = boost::intrusive::list<TimerNode, boost::intrusive::constant_time_size<false>>;
    static constexpr std::size_t kSlots = 1024;  // one turn is 10.24 s; later ones wait for theirs

    std::uint64_t tick_of(SteadyTime at) const noexcept;

    SteadyTime const start_;
    std::uint64_t tick_{0};
    std::array<List, kSlots> slots_;
    ThreadChecker thread_;
};

}  // namespace tickcast
