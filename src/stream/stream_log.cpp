#include "tickcast/stream/stream_log.hpp"

#include "tickcast/base/logging.hpp"

namespace tickcast {

namespace {

spdlog::level::level_enum level_of(Fault fault) noexcept {
    switch (fault) {
        case Fault::server:
            return spdlog::level::err;
        case Fault::client:
            return spdlog::level::info;
        case Fault::none:
            break;
    }
    return spdlog::level::debug;
}

}  // namespace

StreamLog::StreamLog() : log_(logger("stream")) {}

void StreamLog::opened(SessionId const& session, SteadyTime now) noexcept {
    if (!log_->should_log(spdlog::level::debug)) return;
    if (auto const left_out = ordinary_.admit(now)) {
        log_->debug("event=stream_opened session={} left_out={}", session.short_str(), *left_out);
    }
}

void StreamLog::ended(SessionId const& session, CloseCode code, SteadyTime now) noexcept {
    auto const level = level_of(facts(code).fault);
    if (!log_->should_log(level)) return;
    auto& limiter = level == spdlog::level::debug ? ordinary_ : remarkable_;
    if (auto const left_out = limiter.admit(now)) {
        log_->log(level, "event=stream_ended session={} code={} left_out={}", session.short_str(),
                  static_cast<unsigned>(code), *left_out);
    }
}

}  // namespace tickcast
