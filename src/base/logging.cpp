#include "tickcast/base/logging.hpp"

#include "log_format.hpp"
#include "tickcast/base/check.hpp"

#include <spdlog/async.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <map>
#include <mutex>
#include <utility>

namespace tickcast {
namespace {

constexpr std::size_t kQueueLines = 8192;  // about 4 MB at spdlog's size of a line

class ModuleLogger;

/// Made at the first use and never destroyed: threads and static objects may log until the end.
struct Logging {
    std::mutex mutex;
    spdlog::sink_ptr sink{std::make_shared<spdlog::sinks::stderr_sink_mt>()};
    spdlog::level::level_enum level{spdlog::level::info};
    std::map<std::string, std::shared_ptr<ModuleLogger>> loggers;
    /// Empty before start_logging and after stop_logging.
    std::shared_ptr<spdlog::details::thread_pool> pool;
    /// What the pool's thread writes through. A message carries its own logger's name and has been
    /// filtered by level, so that one serves all modules.
    std::shared_ptr<spdlog::async_logger> const backend{
        std::make_shared<spdlog::async_logger>("backend", sink, pool)};

    Logging() { sink->set_formatter(std::make_unique<LogLineFormatter>(LogFormat::text)); }
};

Logging& logging() {
    static auto* const instance = new Logging;
    return *instance;
}

/// Through the queue while logging is started, otherwise straight to the sink: a logger that was
/// taken before the start or is held past the end works all the same.
class ModuleLogger final : public spdlog::logger {
public:
    using spdlog::logger::logger;

private:
    void sink_it_(spdlog::details::log_msg const& message) override {
        auto& state = logging();
        std::unique_lock lock{state.mutex};
        auto const pool = state.pool;
        lock.unlock();
        if (pool) {
            auto backend = state.backend;
            pool->post_log(std::move(backend), message,
                           spdlog::async_overflow_policy::overrun_oldest);
        } else {
            spdlog::logger::sink_it_(message);
        }
    }
};

}  // namespace

void start_logging(std::string const& level, LogFormat format) {
    auto& state = logging();
    std::unique_lock lock{state.mutex};
    TICKCAST_CHECK(!state.pool, "logging is started already");
    state.sink->set_formatter(std::make_unique<LogLineFormatter>(format));
    state.pool = std::make_shared<spdlog::details::thread_pool>(kQueueLines, 1);
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

void stop_logging() {
    std::unique_lock lock{logging().mutex};
    auto pool = std::exchange(logging().pool, nullptr);
    lock.unlock();
    if (!pool) return;
    auto const overrun = pool->overrun_counter();
    pool.reset();  // writes what waits and joins
    if (overrun > 0) logger("logging")->warn("lines_lost={} reason=queue_full", overrun);
}

std::shared_ptr<spdlog::logger> logger(std::string const& module) {
    auto& state = logging();
    std::scoped_lock const lock{state.mutex};
    auto& found = state.loggers[module];
    if (!found) {
        found = std::make_shared<ModuleLogger>(module, state.sink);
        found->set_level(state.level);
    }
    return found;
}

}  // namespace tickcast
