// Writes log lines to a descriptor on a thread of its own. Any thread may post, and no thread that
// posts waits for the descriptor: lines that the descriptor does not accept in time are dropped and
// counted. Bounds: the number of kept lines, the time for which the descriptor may accept nothing,
// and the time for which `finish` waits for the writing thread. If a write takes longer than that,
// the LogWriter leaves its thread behind; the thread co-owns the state that it uses and ends with
// the process.
#pragma once

#include "tickcast/base/clock.hpp"
#include "tickcast/base/logging.hpp"

#include <spdlog/details/log_msg.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <thread>

namespace tickcast {

class LogWriter {
public:
    struct Limits {
        std::size_t lines{8192};  ///< when more wait, the oldest are dropped; about 4 MB
        /// A write that takes longer than this means that nobody reads, once a second look, a tenth
        /// of this time after the first one, finds the same write. Until that write ends, all
        /// waiting lines are dropped.
        Duration stall{std::chrono::seconds{2}};
    };

    LogWriter(int descriptor, LogFormat format) : LogWriter(descriptor, format, Limits{}) {}
    LogWriter(int descriptor, LogFormat format, Limits limits);
    ~LogWriter();
    LogWriter(LogWriter const&) = delete;
    LogWriter& operator=(LogWriter const&) = delete;

    /// False once `finish` has ended the thread: the line was not accepted.
    bool post(spdlog::details::log_msg const& message);
    /// Writes the waiting lines, for `limit` at most; false where they were not written by then.
    /// Any thread, also several at once: the waiting lines are dropped when the last of these
    /// threads gives up.
    bool finish(Duration limit);
    /// How many lines were dropped so far.
    std::uint64_t dropped() const;

private:
    struct State;

    std::shared_ptr<State> const state_;
    std::thread thread_;
};

}  // namespace tickcast
