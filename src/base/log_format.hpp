// The format of a log line. One entry is one line, whatever the message holds: text that a client
// sent cannot forge another entry. Owner: the LogWriter; on its thread.
#pragma once

#include "tickcast/base/logging.hpp"

#include <spdlog/formatter.h>

#include <memory>
#include <string>

namespace tickcast {

class LogLineFormatter final : public spdlog::formatter {
public:
    explicit LogLineFormatter(LogFormat format) noexcept : format_(format) {}

    void format(spdlog::details::log_msg const& message, spdlog::memory_buf_t& out) override;
    std::unique_ptr<spdlog::formatter> clone() const override;

private:
    LogFormat const format_;
};

}  // namespace tickcast
