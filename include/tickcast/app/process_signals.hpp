// The signals of the process. A thread of its own waits for them from the first moment of main to
// the last, so that no work, no wait and no start holds one up. The first SIGTERM or SIGINT asks
// for an orderly end and bounds it; a second one ends the process with status 1, whatever goes on.
// One per process, never destroyed. Any thread may call it.
#pragma once

#include "tickcast/base/clock.hpp"

#include <functional>

namespace tickcast {

class ProcessSignals {
public:
    /// Before any other thread is made: they inherit what is blocked here. Throws system_error.
    static ProcessSignals& take();

    struct Calls {
        std::function<void()> stop;
        std::function<void()> hang_up;
        /// From `stop` to the end of the process; what is left past that is cut off.
        Duration longest_end{};
    };
    /// Until then a stop ends the process at once, with status 0, and a SIGHUP waits.
    void serve(Calls calls);
    /// What `serve` was given is called no more from the return on.
    void served();
    /// What the last log lines may take.
    Duration time_for_last_lines() const;
    /// The process ends by itself now, in a moment.
    void ended();

    ProcessSignals(ProcessSignals const&) = delete;
    ProcessSignals& operator=(ProcessSignals const&) = delete;

private:
    ProcessSignals();
    ~ProcessSignals() = default;

    void run();
    void take_signal(int number);
    void stop();
    void hang_up();
    void count(Duration passed);

    struct State;
    State& state_;
};

}  // namespace tickcast
