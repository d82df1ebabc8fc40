// Writes log lines to a descriptor on a thread of its own. Any thread posts and never waits for
// the descriptor: what it does not take is dropped and counted. Bounds: kept lines, the time that
// the descriptor may take nothing, and the time that `finish` waits for the thread. A thread that
// waits in a write past that is left behind; it shares what it uses, and ends with the process.
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
        std::size_t lines{8192};  ///< where more wait the oldest go; about 4 MB
        /// A write that takes longer, and a tenth of this more from the first look that finds it,
        /// says that nobody reads: until it ends all that wait are dropped.
        Duration stall{std::chrono::seconds{2}};
    };

    LogWriter(int descriptor, LogFormat format) : LogWriter(descriptor, format, Limits{}) {}
    LogWriter(int descriptor, LogFormat format, Limits limits);
    ~LogWriter();
    LogWriter(LogWriter const&) = delete;
    LogWriter& operator=(LogWriter const&) = delete;

    /// False once `finish` has ended the thread: the line was not taken.
    bool post(spdlog::details::log_msg const& message);
    /// Writes what waits, for `limit` at most; false where it was not written by then. Any thread,
    /// also several at once: what waits is dropped when the last of them gives up.
    bool finish(Duration limit);
    /// Lines that were not written, so far.
    std::uint64_t dropped() const;

private:
    struct State;

    std::shared_ptr<State> const state_;
    std::thread thread_;
};

}  // namespace tickcast
