#include "log_writer.hpp"

#include "log_format.hpp"
#include "tickcast/base/standard_streams.hpp"

#include <spdlog/details/circular_q.h>
#include <spdlog/details/log_msg_buffer.h>

#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <pthread.h>
#include <string>
#include <utility>

namespace tickcast {

namespace {

/// A stall counts once it was seen twice, with this part of the stall's limit in between.
constexpr int kSecondLook = 10;

}  // namespace

/// Shared by the LogWriter and its thread; the last of the two frees it.
struct LogWriter::State {
    State(int to, LogFormat format, Limits const& with)
        : descriptor(to), limits(with), lines(with.lines), formatter(format) {}

    int const descriptor;
    Limits const limits;
    SystemClock const clock{};  ///< the log's thread and its callers share no event loop

    std::mutex mutex;  // held for a line in or out, never across a write
    std::condition_variable posted;
    std::condition_variable ended;
    spdlog::details::circular_q<spdlog::details::log_msg_buffer> lines;
    std::optional<SteadyTime> writing_since;
    std::optional<SteadyTime> stall_seen;  ///< of that write
    unsigned finishing{0};                 ///< threads that wait in `finish`
    std::uint64_t dropped{0};
    bool idle{false};
    bool closing{false};
    bool abandoned{false};
    bool done{false};

    // Used by the writing thread alone.
    LogLineFormatter formatter;
    std::string rest;  ///< of a line that was begun
    std::uint64_t reported{0};

    void drop_if_stalled();
    void run();
    bool write(spdlog::details::log_msg const& line, std::uint64_t dropped_before);
    bool put(spdlog::details::log_msg const& line);
    bool put_rest();
    bool report_lost(std::uint64_t dropped_before);
};

/// Needs the mutex. While nobody reads, newer lines would only wait as well, and the count of
/// dropped lines shows the stall early. A second look must find the same write: before the first
/// look the whole process may have stood still although the reader reads.
void LogWriter::State::drop_if_stalled() {
    if (!writing_since) return;
    auto const now = clock.now();
    if (now - *writing_since < limits.stall) return;
    if (!stall_seen) stall_seen = now;
    if (now - *stall_seen < limits.stall / kSecondLook) return;
    for (; !lines.empty(); lines.pop_front())
        ++dropped;
}

void LogWriter::State::run() {
    pthread_setname_np(pthread_self(), "log");
    bool works = true;  // the last write did
    std::unique_lock lock{mutex};
    while (!abandoned) {
        idle = true;
        posted.wait(lock,
                    [&] { return !lines.empty() || closing || (works && dropped != reported); });
        idle = false;
        if (lines.empty() && dropped == reported) break;
        std::optional<spdlog::details::log_msg_buffer> line;
        if (!lines.empty()) {
            line = std::move(lines.front());
            lines.pop_front();
        }
        auto const dropped_before = dropped;
        writing_since = clock.now();
        lock.unlock();
        works = line ? write(*line, dropped_before) : report_lost(dropped_before);
        lock.lock();
        writing_since.reset();
        stall_seen.reset();
        if (line && !works) ++dropped;
        if (!line && !works && closing && lines.empty()) break;
    }
    if (!rest.empty()) ++dropped;
    done = true;
    ended.notify_all();
}

bool LogWriter::State::write(spdlog::details::log_msg const& line, std::uint64_t dropped_before) {
    return put_rest() && report_lost(dropped_before) && put(line);
}

/// Whether the line was written or at least begun: its rest comes before all else.
bool LogWriter::State::put(spdlog::details::log_msg const& line) {
    spdlog::memory_buf_t text;
    try {
        formatter.format(line, text);
    } catch (std::exception const&) {  // no memory: the line is lost, the server is not
        return false;
    }
    auto const result = write_whole(descriptor, {text.data(), text.size()});
    if (result.error == 0) return true;
    if (result.written == 0) return false;
    rest.assign(text.data() + result.written, text.size() - result.written);
    return true;
}

bool LogWriter::State::put_rest() {
    if (rest.empty()) return true;
    auto const result = write_whole(descriptor, rest);
    rest.erase(0, result.written);
    return rest.empty();
}

/// Reports the loss at the point where the lost lines would have been.
bool LogWriter::State::report_lost(std::uint64_t dropped_before) {
    if (dropped_before == reported) return true;
    auto const text =
        "event=log_lines_dropped lines_lost=" + std::to_string(dropped_before - reported) +
        " total=" + std::to_string(dropped_before);
    if (!put_rest() || !put({"logging", spdlog::level::warn, text})) return false;
    reported = dropped_before;
    return true;
}

LogWriter::LogWriter(int descriptor, LogFormat format, Limits limits)
    : state_(std::make_shared<State>(descriptor, format, limits)),
      thread_([state = state_] { state->run(); }) {}

LogWriter::~LogWriter() {
    finish(Duration::zero());
}

bool LogWriter::post(spdlog::details::log_msg const& message) {
    spdlog::details::log_msg_buffer line{message};
    auto& state = *state_;
    std::unique_lock lock{state.mutex};
    if (state.done) return false;
    if (state.abandoned) {
        ++state.dropped;
        return true;
    }
    state.drop_if_stalled();
    if (state.lines.full()) ++state.dropped;
    state.lines.push_back(std::move(line));
    bool const wake = state.idle;
    lock.unlock();
    if (wake) state.posted.notify_one();
    return true;
}

bool LogWriter::finish(Duration limit) {
    auto& state = *state_;
    std::unique_lock lock{state.mutex};
    state.closing = true;
    state.posted.notify_one();
    ++state.finishing;
    state.ended.wait_for(lock, limit, [&] { return state.done || state.abandoned; });
    if (--state.finishing > 0 && !state.done) return false;  // another thread still waits
    if (!state.done && !std::exchange(state.abandoned, true)) {
        state.dropped += state.lines.size() + 1;  // and the one that the thread is writing
    }
    bool const done = state.done && !state.abandoned;
    auto thread = std::move(thread_);
    lock.unlock();
    if (!thread.joinable()) return done;
    if (done) {
        thread.join();
    } else {
        thread.detach();
    }
    return done;
}

std::uint64_t LogWriter::dropped() const {
    std::scoped_lock const lock{state_->mutex};
    state_->drop_if_stalled();
    return state_->dropped;
}

}  // namespace tickcast
