// Logging: one thread that writes to standard error, one logger per module, key=value texts. Any
// thread may log, and no thread waits for the reader of standard error: lines that the reader does
// not take are dropped and counted (decision 17). Bound: LogWriter::Limits.
#pragma once

#include "tickcast/base/clock.hpp"

#include <spdlog/logger.h>

#include <cstdint>
#include <memory>
#include <string>

namespace tickcast {

enum class LogFormat : std::uint8_t {
    text,  ///< TIME LEVEL LOGGER: MESSAGE, control characters escaped
    json,  ///< one object per line: time, level, logger, msg
};

/// Starts logging; `level` is debug, info, warn or error. Call once, before the first thread.
void start_logging(std::string const& level, LogFormat format = LogFormat::text);
/// Changes the level of all loggers, also of those made later.
void set_log_level(std::string const& level);
/// Writes the waiting lines and ends the logging thread; false where that took longer than `limit`.
/// The thread then still waits for the reader: the process must exit without destroying its static
/// objects.
bool stop_logging(Duration limit = std::chrono::seconds{1});
/// Lines that were dropped since the process started.
std::uint64_t log_lines_dropped();
/// The logger of a module ("http", "feed", …); made when first asked for.
std::shared_ptr<spdlog::logger> logger(std::string const& module);

}  // namespace tickcast
