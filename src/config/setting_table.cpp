#include "setting_table.hpp"

#include <array>

namespace tickcast {
namespace {

constexpr std::uint64_t kMaxBytes = 1ULL << 30;
constexpr std::uint64_t kMaxCount = 1'000'000'000;
constexpr std::array<std::string_view, 4> kLogLevels{"debug", "info", "warn", "error"};

constexpr std::array kSettings{
    Setting{"listen", "address of the public listener", AddressSetting{&Settings::listen},
            "ADDRESS:PORT, port 0 = a free one"},
    Setting{"admin-listen", "address of the admin listener",
            AddressSetting{&Settings::admin_listen}, "ADDRESS:PORT, port 0 = a free one"},
    Setting{"threads", "shards, a thread each", WholeSetting{&Settings::threads, 1, 1024},
            "threads", "the processors it may use"},
    Setting{"feed", "source of ticks, e.g. sim, replay:FILE, push", TextsSetting{&Settings::feeds},
            "repeatable"},
    Setting{"log-level", "least level of log lines",
            ChoiceSetting{&Settings::log_level, kLogLevels}},
    Setting{"max-tickers-per-session", "tickers that a session may have",
            WholeSetting{&Settings::max_tickers_per_session, 1, 10'000}, "tickers"},
    Setting{"max-sessions", "sessions at a time",
            WholeSetting{&Settings::max_sessions, 1, kMaxCount}, "sessions"},
    Setting{"max-known-tickers", "tickers known or subscribed to",
            WholeSetting{&Settings::max_known_tickers, 1, kMaxCount}, "tickers"},
    Setting{"max-body-bytes", "size of a request's body",
            WholeSetting{&Settings::max_body_bytes, 1, kMaxBytes}, "bytes"},
    Setting{"max-header-bytes", "size of a request's header",
            WholeSetting{&Settings::max_header_bytes, 1024, kMaxBytes}, "bytes"},
    // RFC 6455 section 5.5: a control frame has up to 125 bytes and must always fit.
    Setting{"max-message-bytes", "size of a client's WebSocket message",
            WholeSetting{&Settings::max_message_bytes, 125, kMaxBytes}, "bytes"},
    Setting{"push-body-max", "size of a body of pushed ticks",
            WholeSetting{&Settings::push_body_max, 1, kMaxBytes}, "bytes"},
    Setting{"pending-seconds", "a new session waits so long for its stream",
            SecondsSetting{&Settings::pending_seconds}, "seconds"},
    Setting{"detached-seconds", "a session that lost its stream waits so long for another",
            SecondsSetting{&Settings::detached_seconds}, "seconds"},
    Setting{"heartbeat-seconds", "a stream that was quiet so long gets a heartbeat",
            SecondsSetting{&Settings::heartbeat_seconds}, "seconds"},
    Setting{"stale-seconds", "a feed without a tick for so long is stale",
            SecondsSetting{&Settings::stale_seconds}, "seconds"},
    Setting{"ping-seconds", "time between WebSocket pings", SecondsSetting{&Settings::ping_seconds},
            "seconds"},
    Setting{"peer-timeout-seconds", "a peer that was silent so long is reset",
            SecondsSetting{&Settings::peer_timeout_seconds}, "seconds"},
    Setting{"request-timeout-seconds", "time for a request that has begun",
            SecondsSetting{&Settings::request_timeout_seconds}, "seconds"},
    Setting{"max-messages-per-second", "messages of a stream's client, bursts of twice as many",
            WholeSetting{&Settings::max_messages_per_second, 0, kMaxCount}, "messages/s, 0 = off"},
    Setting{"max-session-age-seconds", "a session ends at this age",
            SecondsSetting{&Settings::max_session_age_seconds, true}, "seconds, 0 = off"},
    Setting{"slow-client-seconds", "a stream that took nothing for so long is closed",
            SecondsSetting{&Settings::slow_client_seconds}, "seconds"},
    Setting{"drain-seconds", "time over which the streams are closed at the end",
            SecondsSetting{&Settings::drain_seconds, true}, "seconds, 0 = all at once"},
    Setting{"drain-delay-seconds", "time between the signal to end and the first closes",
            SecondsSetting{&Settings::drain_delay_seconds, true}, "seconds, 0 = none"},
};

}  // namespace

std::span<Setting const> all_settings() noexcept {
    return kSettings;
}

}  // namespace tickcast
