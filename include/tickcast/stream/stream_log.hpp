// Writes the log lines about a shard's streams. Owner: the ShardStreams, on its thread. Bound: the
// rates of the two limiters, whatever clients do.
#pragma once

#include "tickcast/base/clock.hpp"
#include "tickcast/base/rate_limit.hpp"
#include "tickcast/protocol/close_code.hpp"
#include "tickcast/session/session_id.hpp"

#include <spdlog/logger.h>

#include <memory>

namespace tickcast {

class StreamLog {
public:
    StreamLog();

    void opened(SessionId const& session, SteadyTime now) noexcept;
    /// Logs a client's fault at info, and every other end of a stream at debug.
    void ended(SessionId const& session, CloseCode code, SteadyTime now) noexcept;

private:
    std::shared_ptr<spdlog::logger> const log_;
    LogLimiter ordinary_{100, std::chrono::seconds{1}};
    LogLimiter remarkable_{10, std::chrono::seconds{10}};
};

}  // namespace tickcast
