// The signals of the process. A thread of its own waits for them from the begin of main to its end,
// so that no work, no wait and no slow start delays a signal. The first SIGTERM or SIGINT starts
// the shutdown and bounds its time; a second one ends the process with status 1 at once. One per
// process, never destroyed. Any thread may call it.
#pragma once

#include "tickcast/base/clock.hpp"

#include <functional>

namespace tickcast {

class ProcessSignals {
public:
    /// Call it before any other thread is made: threads inherit the signals that it blocks. Throws
    /// system_error.
    static ProcessSignals& install();

    struct Calls {
        std::function<void()> stop;
        std::function<void()> hang_up;
        /// The end of the last time in which the process did not run.
        std::function<SteadyTime()> woke;
        /// The longest time from `stop` to the exit of the process; then the process is ended.
        /// Where it did not run for a time meanwhile, it is ended later (CONTRACT SIG-9).
        Duration longest_end{};
    };
    /// From now on signals lead to `calls`. Before, a SIGTERM ends the process at once with status
    /// 0, and a SIGHUP waits.
    void serve(Calls calls);
    /// Once it has returned, the calls of `serve` are not called any more.
    void served();
    /// How long the last log lines may take.
    Duration time_for_last_lines() const;
    /// The process is about to exit by itself: it is not ended by force any more.
    void ended();

    ProcessSignals(ProcessSignals const&) = delete;
    ProcessSignals& operator=(ProcessSignals const&) = delete;

private:
    ProcessSignals();
    ~ProcessSignals() = default;

    void run();
    void handle_signal(int number);
    void stop();
    void hang_up();
    void look(Duration step);

    struct State;
    State& state_;
};

}  // namespace tickcast
