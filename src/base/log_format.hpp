// How a log line looks. One line an entry, whatever the message holds: what a client sent can't
// forge another entry. Owner: the sink; on the thread that writes.
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
