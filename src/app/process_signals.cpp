#include "tickcast/app/process_signals.hpp"

#include "tickcast/base/logging.hpp"
#include "tickcast/runtime/peer_clock.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <mutex>
#include <pthread.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace tickcast {
namespace {

using std::chrono::milliseconds;

/// The signal thread waits for these; in all other threads they are blocked.
constexpr std::array kAwaited{SIGTERM, SIGINT, SIGHUP};
/// Ignored: these would end or stop the process, and have no meaning here. A reader of our output
/// that went away (SIGPIPE), a log file at its size limit (SIGXFSZ), a terminal that background
/// processes must not write to (SIGTTOU), and signals that are sent by mistake (CONTRACT SIG-14).
constexpr std::array kIgnored{SIGPIPE, SIGXFSZ, SIGTTOU, SIGUSR1, SIGUSR2, SIGALRM};

/// While the process shuts down, this thread looks at the time once per step. If a step took much
/// longer, the process did not run for most of it.
constexpr Duration kStep = milliseconds{20};
constexpr Duration kLongestStep = kStep + PeerClock::kLeastPause;
/// The shutdown gives clients up to this time from waking (CONTRACT SIG-9).
constexpr Duration kAfterWaking = std::chrono::seconds{5};
constexpr Duration kMostForLastLines = std::chrono::seconds{1};
constexpr Duration kLeastForLastLines = milliseconds{100};
/// The process is ended by force this long before the longest end: it must still write its last log
/// lines.
constexpr Duration kForcedBefore = kLeastForLastLines + 2 * kStep;
/// An orderly shutdown writes its last lines before that.
constexpr Duration kLinesBefore = kForcedBefore + kStep;

sigset_t awaited() noexcept {
    sigset_t set;
    sigemptyset(&set);
    for (int const number : kAwaited)
        sigaddset(&set, number);
    return set;
}

extern "C" void exit_with_1(int) {
    ::_exit(1);
}

/// From now on a SIGTERM or SIGINT is the second one. While this thread does not wait for signals,
/// a handler that needs no lock ends the process.
void end_at_the_second() noexcept {
    struct sigaction action{};
    action.sa_handler = &exit_with_1;
    sigset_t set;
    sigemptyset(&set);
    for (int const number : {SIGTERM, SIGINT}) {
        sigaction(number, &action, nullptr);
        sigaddset(&set, number);
    }
    pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

/// The next signal, or 0 where none came within a step. Waits without a limit where `timed` is
/// false.
int next_signal(bool timed) noexcept {
    auto const set = awaited();
    timespec const step{.tv_sec = 0, .tv_nsec = kStep.count()};
    for (;;) {
        int const number = ::sigtimedwait(&set, nullptr, timed ? &step : nullptr);
        if (number > 0) return number;
        if (errno == EAGAIN) return 0;
    }
}

}  // namespace

struct ProcessSignals::State {
    enum class Phase : std::uint8_t { starting, serving, served, ended };

    std::mutex mutex;
    Phase phase{Phase::starting};
    Calls calls;
    bool hung_up{false};  ///< a SIGHUP came while starting
    bool stopping{false};
    SteadyTime stopped{};
    SteadyTime woke{SteadyTime::min()};

    SteadyTime longest_end() const {
        return std::max(stopped + calls.longest_end, woke + kAfterWaking);
    }
};

ProcessSignals& ProcessSignals::install() {
    static auto* const instance = new ProcessSignals;
    return *instance;
}

ProcessSignals::ProcessSignals() : state_(*new State) {
    for (int const number : kIgnored)
        std::signal(number, SIG_IGN);
    auto const set = awaited();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    for (int const number : kAwaited)  // the parent process may have ignored them
        std::signal(number, SIG_DFL);
    std::thread{[this] { run(); }}.detach();
}

void ProcessSignals::run() {
    pthread_setname_np(pthread_self(), "signals");
    SystemClock const clock;  // this thread has no event loop
    for (bool timed = false;;) {
        auto const began = clock.now();
        if (int const number = next_signal(timed); number != 0) handle_signal(number);
        if (timed) look(clock.now() - began);
        std::scoped_lock const lock{state_.mutex};
        timed = state_.stopping;
    }
}

void ProcessSignals::handle_signal(int number) {
    if (number == SIGHUP) {
        hang_up();
    } else {
        end_at_the_second();
        stop();
    }
}

void ProcessSignals::stop() {
    std::unique_lock lock{state_.mutex};
    if (std::exchange(state_.stopping, true)) exit_with_1(0);  // CONTRACT SIG-11
    state_.stopped = SystemClock{}.now();
    if (state_.phase == State::Phase::serving) state_.calls.stop();
    if (state_.phase != State::Phase::starting) return;
    lock.unlock();
    logger("app")->info("event=stopped_while_starting");
    stop_logging(kMostForLastLines);
    std::_Exit(0);
}

void ProcessSignals::hang_up() {
    std::scoped_lock const lock{state_.mutex};
    if (state_.phase == State::Phase::serving) state_.calls.hang_up();
    if (state_.phase == State::Phase::starting) state_.hung_up = true;
}

/// Ends the process by force when the shutdown takes too long. Each step of the shutdown has a
/// bound of its own, so this is for a thread that hangs. Where the control thread noticed a pause
/// that this thread did not, it counts all the same: the shutdown waits for clients because of it.
void ProcessSignals::look(Duration step) {
    std::unique_lock lock{state_.mutex};
    using Phase = State::Phase;
    if (state_.phase == Phase::ended) return;
    auto const now = SystemClock{}.now();
    if (step > kLongestStep) state_.woke = now;
    if (state_.phase == Phase::serving) {
        state_.woke = std::max(state_.woke, state_.calls.woke());
    }
    if (now < state_.longest_end() - kForcedBefore) return;
    lock.unlock();
    logger("app")->error("event=end_forced why=\"something did not end in its time\"");
    stop_logging(kLeastForLastLines);
    std::_Exit(0);
}

void ProcessSignals::serve(Calls calls) {
    std::scoped_lock const lock{state_.mutex};
    state_.calls = std::move(calls);
    state_.phase = State::Phase::serving;
    if (std::exchange(state_.hung_up, false)) state_.calls.hang_up();
}

void ProcessSignals::served() {
    std::scoped_lock const lock{state_.mutex};
    state_.phase = State::Phase::served;
}

Duration ProcessSignals::time_for_last_lines() const {
    std::scoped_lock const lock{state_.mutex};
    if (!state_.stopping) return kMostForLastLines;
    auto const left = state_.longest_end() - kLinesBefore - SystemClock{}.now();
    return std::clamp<Duration>(left, kLeastForLastLines, kMostForLastLines);
}

void ProcessSignals::ended() {
    std::scoped_lock const lock{state_.mutex};
    state_.phase = State::Phase::ended;
}

}  // namespace tickcast
