#include "tickcast/stream/stream_log.hpp"

#include "tickcast/base/logging.hpp"

namespace tickcast {

namespace {

spdlog::level::level_enum level_of(CloseCode code) noexcept {
    switch (code) {
        case CloseCode::internal_error:
            return spdlog::level::err;
        case CloseCode::protocol_error:
        case CloseCode::unsupported_data:
        case CloseCode::bad_payload:
        case CloseCode::policy:
        case CloseCode::too_big:
        case CloseCode::too_slow:
            return spdlog::level::info;
        default:
            return spdlog::level::debug;
    }
}

}  // namespace

StreamLog::StreamLog() : log_(logger("net")) {}

void StreamLog::opened(SessionId const& session, SteadyTime now) noexcept {
    if (!log_->should_log(spdlog::level::debug)) return;
    if (auto const left_out = ordinary_.admit(now)) {
        log_->debug("event=stream_opened session={} left_out={}", session.short_str(), *left_out);
    }
}

void StreamLog::ended(SessionId const& session, CloseCode code, SteadyTime now) noexcept {
    auto const level = level_of(code);
    if (!log_->should_log(level)) return;
    auto& limiter = level == spdlog::level::debug ? ordinary_ : remarkable_;
    if (auto const left_out = limiter.admit(now)) {
        log_->log(level, "event=stream_ended session={} code={} left_out={}", session.short_str(),
                  static_cast<unsigned>(code), *left_out);
    }
}

}  // namespace tickcast
