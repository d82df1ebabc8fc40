#include "tickcast/base/logging.hpp"

#include "log_format.hpp"
#include "log_writer.hpp"
#include "tickcast/base/check.hpp"
#include "tickcast/base/standard_streams.hpp"

#include <map>
#include <mutex>
#include <unistd.h>
#include <utility>

namespace tickcast {
namespace {

class ModuleLogger;

/// Made at the first use and never destroyed: threads and static objects may log until the process
/// ends.
struct Logging {
    std::mutex mutex;
    spdlog::level::level_enum level{spdlog::level::info};
    std::map<std::string, std::shared_ptr<ModuleLogger>> loggers;
    /// Null before start_logging and after stop_logging.
    std::shared_ptr<LogWriter> writer;
    LogFormat format{LogFormat::text};
    bool abandoned{false};     ///< the writer's thread still waits in a write
    std::uint64_t dropped{0};  ///< without those that `writer` counts
};

Logging& logging() {
    static auto* const instance = new Logging;
    return *instance;
}

void count_dropped() {
    std::scoped_lock const lock{logging().mutex};
    ++logging().dropped;
}

/// Through the writer while logging is started, otherwise at once: a logger obtained before
/// start_logging, or kept after stop_logging, works as well.
class ModuleLogger final : public spdlog::logger {
public:
    explicit ModuleLogger(std::string const& module) : spdlog::logger(module) {
        // The default handler writes to standard error, on the thread that logs.
        set_error_handler([](std::string const&) { count_dropped(); });
    }

private:
    void sink_it_(spdlog::details::log_msg const& message) override {
        auto& state = logging();
        std::unique_lock lock{state.mutex};
        auto const writer = state.writer;
        lock.unlock();
        if (writer && writer->post(message)) return;
        lock.lock();
        if (state.abandoned) {
            ++state.dropped;
            return;
        }
        spdlog::memory_buf_t line;
        LogLineFormatter{state.format}.format(message, line);
        if (write_whole(STDERR_FILENO, {line.data(), line.size()}).error != 0) ++state.dropped;
    }
    void flush_() override {}
};

}  // namespace

void start_logging(std::string const& level, LogFormat format) {
    auto& state = logging();
    std::unique_lock lock{state.mutex};
    TICKCAST_CHECK(!state.writer, "logging is started already");
    state.format = format;
    state.writer = std::make_shared<LogWriter>(STDERR_FILENO, format);
    lock.unlock();
    set_log_level(level);
}

void set_log_level(std::string const& level) {
    auto& state = logging();
    std::scoped_lock const lock{state.mutex};
    state.level = spdlog::level::from_str(level);
    for (auto const& [module, logger] : state.loggers)
        logger->set_level(state.level);
}

bool stop_logging(Duration limit) {
    auto& state = logging();
    std::unique_lock lock{state.mutex};
    auto const writer = state.writer;
    lock.unlock();
    if (!writer) return true;
    bool const written = writer->finish(limit);
    lock.lock();
    if (state.writer != writer) return written;  // stopped by another thread meanwhile
    state.dropped += writer->dropped();
    state.abandoned = !written;
    state.writer = nullptr;
    return written;
}

std::uint64_t log_lines_dropped() {
    auto& state = logging();
    std::unique_lock lock{state.mutex};
    auto const writer = state.writer;
    auto const before = state.dropped;
    lock.unlock();
    return before + (writer ? writer->dropped() : 0);
}

std::shared_ptr<spdlog::logger> logger(std::string const& module) {
    auto& state = logging();
    std::scoped_lock const lock{state.mutex};
    auto& found = state.loggers[module];
    if (!found) {
        found = std::make_shared<ModuleLogger>(module);
        found->set_level(state.level);
    }
    return found;
}

}  // namespace tickcast
