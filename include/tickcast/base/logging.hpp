// Logging set-up: one asynchronous sink on standard error, a logger per module, key=value texts.
// Any thread may log; where the queue is full the oldest lines go, so that logging never blocks.
#pragma once

#include <spdlog/logger.h>

#include <cstdint>
#include <memory>
#include <string>

namespace tickcast {

enum class LogFormat : std::uint8_t {
    text,  ///< TIME LEVEL LOGGER: MESSAGE, control characters escaped
    json,  ///< an object a line: time, level, logger, msg
};

/// Starts logging; `level` is debug, info, warn or error. Call once, before the first thread.
void start_logging(std::string const& level, LogFormat format = LogFormat::text);
/// Changes the level of all loggers, those made later too.
void set_log_level(std::string const& level);
/// Writes out what waits and ends the logging thread.
void stop_logging();
/// The logger of a module ("net", "feed", …); made when first asked for.
std::shared_ptr<spdlog::logger> logger(std::string const& module);

}  // namespace tickcast
