// Log lines about a shard's streams, few whatever clients do. Owner: the StreamShard; its thread.
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
    /// What the client did wrong is told (info); how the others end is debug.
    void ended(SessionId const& session, CloseCode code, SteadyTime now) noexcept;

private:
    std::shared_ptr<spdlog::logger> const log_;
    LogLimiter ordinary_{100, std::chrono::seconds{1}};
    LogLimiter remarkable_{10, std::chrono::seconds{10}};
};

}  // namespace tickcast
