// The threads of the simulated processes, and their one clock. Exactly one thread runs at a time;
// which one is next is drawn from the seed, so a run can be repeated. Time passes by what running
// costs, and, where no thread can run, up to the next event. Events (arrivals, timers, what clients
// do) run between threads, on the stack of whichever thread looks for the next one; they never
// block. Owner: Kernel. Any simulated thread may call it; the one that runs.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <pthread.h>
#include <queue>
#include <random>
#include <string>
#include <vector>

namespace tickcast::simulation {

/// Simulated time in nanoseconds since the run's begin.
using Nanos = std::int64_t;
inline constexpr Nanos kNever = std::numeric_limits<Nanos>::max();
inline constexpr Nanos kMicrosecond = 1'000;
inline constexpr Nanos kMillisecond = 1'000'000;
inline constexpr Nanos kSecond = 1'000'000'000;

using Random = std::mt19937_64;

/// A number from 0 to below `limit`, the same on every standard library.
inline std::uint64_t below(Random& random, std::uint64_t limit) {
    return limit == 0 ? 0 : random() % limit;
}
/// True in `of` out of a thousand.
inline bool by_chance(Random& random, unsigned of) {
    return below(random, 1000) < of;
}

/// A process of the box: what pauses and dies as a whole.
struct Process {
    std::string name;
    Nanos paused_until{0};
    /// What one step of a thread costs is multiplied with this.
    unsigned slowness{1};
    std::size_t most_descriptors{1 << 20};
    std::size_t descriptors{0};
    std::ptrdiff_t heap{0};  ///< bytes that it has allocated (heap.hpp)
};

/// Lets its owner run. Not a semaphore of the library: that spins before it sleeps, and on the one
/// processor of a run spinning is lost time. The kernel's futex is called around interpose.cpp.
class Baton {
public:
    void acquire() noexcept;
    void release() noexcept;

private:
    std::atomic<std::uint32_t> given_{0};
};

class Thread {
public:
    explicit Thread(Process& of) : process(of) {}

    Process& process;
    Baton baton;
    pthread_t id{};
    void const* waits_for{nullptr};  ///< set while it is blocked
    bool blocked{false};
    bool woken{false};
    bool ended{false};
    Nanos deadline{kNever};  ///< of the blocking
    Nanos stalled_until{0};  ///< this thread alone does not run until then
    Nanos cpu{0};            ///< its CPU time
};

class Scheduler {
public:
    /// The calling thread becomes the first simulated one, of the process `world`.
    Scheduler(std::uint64_t seed, Process& world);
    ~Scheduler();
    Scheduler(Scheduler const&) = delete;
    Scheduler& operator=(Scheduler const&) = delete;

    Nanos now() const noexcept { return now_; }
    Random& random() noexcept { return random_; }
    /// The simulated thread that calls; null on a real one, and within an event.
    static Thread* current() noexcept;

    /// Runs `event` at that time, or as soon as possible.
    void at(Nanos when, std::function<void()> event);
    /// Another thread may run now.
    void yield();
    /// Waits until `wake(key)` or that time; true if woken.
    bool block(void const* key, Nanos until = kNever);
    void wake(void const* key, bool all = true);

    /// A drawn thread of that process does not run until then.
    void stall_one(Process& process, Nanos until);
    /// The calling thread does not run for up to this long, from its next yield on.
    void stall_me(Nanos most);
    /// The new thread's record; it runs for the first time when `begin` has been called on it.
    Thread& add_thread(Process& process);
    static void begin(Thread& thread);
    /// The calling thread ends: another one runs. Nothing simulated may follow on it.
    void end();
    Thread* find(pthread_t id) noexcept;
    std::size_t steps() const noexcept { return steps_; }

private:
    struct Event {
        Nanos when;
        std::uint64_t number;
        std::function<void()> action;
        bool operator<(Event const& other) const noexcept {
            return when != other.when ? when > other.when : number > other.number;
        }
    };

    void pass_on(Thread& from);
    Thread& choose();
    void run_due_events();
    Nanos runs_at(Thread const& thread) const noexcept;

    Nanos now_{0};
    Random random_;
    std::vector<std::unique_ptr<Thread>> threads_;
    std::priority_queue<Event> events_;
    std::uint64_t event_number_{0};
    Thread* last_{nullptr};
    std::size_t steps_{0};
};

}  // namespace tickcast::simulation
