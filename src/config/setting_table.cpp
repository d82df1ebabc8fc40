#include "setting_table.hpp"

#include <algorithm>
#include <array>

namespace tickcast {
namespace {

constexpr std::uint64_t kMaxBytes = 1ULL << 30;
constexpr std::uint64_t kMaxCount = 1'000'000'000;
constexpr std::array<std::string_view, 4> kLogLevels{"debug", "info", "warn", "error"};
constexpr std::array<std::string_view, 2> kLogFormats{"text", "json"};
constexpr std::array<std::string_view, 3> kSendBackends{"auto", "send", "io_uring"};

using S = Settings;

constexpr std::array kSettings{
    Setting{"listen", "address of the public listener", AddressSetting{&S::listen},
            "ADDRESS:PORT, port 0 = a free one"},
    Setting{"admin-listen", "address of the admin listener", AddressSetting{&S::admin_listen},
            "ADDRESS:PORT, port 0 = a free one"},
    Setting{"threads", "shards, one thread each", WholeSetting{&S::threads, 1, 1024}, "threads",
            "the processors it may use"},
    Setting{"feed", "source of ticks", TextsSetting{&S::feeds}, "repeatable"},
    Setting{"config", "TOML file of settings, keys = these names", PathSetting{&S::config}, "path",
            "none"},
    Setting{"log-level", "lowest level of log lines", ChoiceSetting{&S::log_level, kLogLevels}},
    Setting{"log-format", "form of log lines; JSON is one object per line",
            ChoiceSetting{&S::log_format, kLogFormats}},
    Setting{"web-root", "directory of the web page", PathSetting{&S::web_root}, "path", "none"},
    Setting{"allow-origin", "origin of web pages that may send requests",
            OriginsSetting{&S::allow_origins}, "scheme://host[:port], repeatable", "any"},
    Setting{"tls-cert", "certificate chain of the public listener, which is TLS then; with tls-key",
            PathSetting{&S::tls_cert}, "path, PEM", "none"},
    Setting{"tls-key", "the certificate's private key", PathSetting{&S::tls_key}, "path, PEM",
            "none"},
    Setting{"admin-tls", "TLS on the admin listener too, with the same certificate",
            BoolSetting{&S::admin_tls}},
    Setting{"send-backend", "how streams are sent", ChoiceSetting{&S::send_backend, kSendBackends}},
    Setting{"reuse-port", "share the public port with other processes that have this flag",
            BoolSetting{&S::reuse_port}},

    Setting{"max-tickers-per-session", "tickers that a session may have",
            WholeSetting{&S::max_tickers_per_session, 1, kMostTickersPerSession}, "tickers"},
    Setting{"max-sessions", "sessions at a time", WholeSetting{&S::max_sessions, 1, kMaxCount},
            "sessions"},
    Setting{"max-connections", "open connections of the public listener",
            WholeSetting{&S::max_connections, 1, kMaxCount}, "connections"},
    Setting{"max-sessions-per-address", "sessions at a time per client address (IPv6: /64)",
            WholeSetting{&S::max_sessions_per_address, 0, kMaxCount}, "sessions, 0 = off"},
    Setting{"max-connections-per-address", "open connections per client address (IPv6: /64)",
            WholeSetting{&S::max_connections_per_address, 0, kMaxCount}, "connections, 0 = off"},
    Setting{"max-requests-per-second-per-address",
            "requests per client address (IPv6: /64), bursts of one second's worth",
            WholeSetting{&S::max_requests_per_second_per_address, 0, kMaxCount},
            "requests/s, 0 = off"},
    Setting{"max-known-tickers", "tickers known or subscribed to",
            WholeSetting{&S::max_known_tickers, 1, kMaxCount}, "tickers"},
    Setting{"max-body-bytes", "size of a request's body",
            WholeSetting{&S::max_body_bytes, 1, kMaxBytes}, "bytes"},
    Setting{"max-header-bytes", "size of a request's header",
            WholeSetting{&S::max_header_bytes, 1024, kMaxBytes}, "bytes"},
    // RFC 6455 section 5.5: a control frame has up to 125 bytes and must always fit.
    Setting{"max-message-bytes",
            "size of a client's WebSocket message, or of all that it sends on a stream of events",
            WholeSetting{&S::max_message_bytes, 125, kMaxBytes}, "bytes"},
    Setting{"max-messages-per-second", "messages of a stream's client, bursts of twice as many",
            WholeSetting{&S::max_messages_per_second, 0, kMaxCount}, "messages/s, 0 = off"},
    Setting{"push-body-max", "size of a body of pushed ticks",
            WholeSetting{&S::push_body_max, 1, kMaxBytes}, "bytes"},
    Setting{"push-token-file", "file with the bearer token that a push needs",
            PathSetting{&S::push_token_file}, "path", "none"},

    Setting{"pending-seconds", "how long a new session waits for its stream",
            SecondsSetting{&S::pending_seconds}, "seconds"},
    Setting{"detached-seconds", "how long a session that lost its stream waits for another",
            SecondsSetting{&S::detached_seconds}, "seconds"},
    Setting{"max-session-age-seconds", "a session ends at this age",
            SecondsSetting{&S::max_session_age_seconds, true}, "seconds, 0 = off"},
    Setting{"heartbeat-seconds", "a stream that is quiet for this long gets a heartbeat",
            SecondsSetting{&S::heartbeat_seconds}, "seconds"},
    Setting{"stale-seconds", "a feed without a tick for this long is stale",
            SecondsSetting{&S::stale_seconds}, "seconds"},
    Setting{"ping-seconds", "time between WebSocket pings; on an event stream, between TCP probes",
            SecondsSetting{&S::ping_seconds}, "seconds"},
    Setting{"peer-timeout-seconds", "a peer that is silent for this long is reset",
            SecondsSetting{&S::peer_timeout_seconds}, "seconds"},
    Setting{"request-timeout-seconds", "time for a request that has begun",
            SecondsSetting{&S::request_timeout_seconds}, "seconds"},
    Setting{"slow-client-seconds", "a stream that took nothing for this long is closed",
            SecondsSetting{&S::slow_client_seconds}, "seconds"},
    Setting{"drain-seconds", "time over which shutdown closes the streams",
            SecondsSetting{&S::drain_seconds, true}, "seconds, 0 = all at once"},
    Setting{"drain-delay-seconds", "time between the stop signal and the first closes",
            SecondsSetting{&S::drain_delay_seconds, true}, "seconds, 0 = none"},
    Setting{"ready-needs-feed",
            "a disconnected feed makes /readyz 503; no feed can be disconnected yet",
            BoolSetting{&S::ready_needs_feed}},
};

}  // namespace

std::span<Setting const> all_settings() noexcept {
    return kSettings;
}

std::optional<std::size_t> find_setting(std::string_view name) noexcept {
    auto const* const found =
        std::find_if(kSettings.begin(), kSettings.end(),
                     [name](Setting const& each) { return each.name == name; });
    if (found == kSettings.end()) return std::nullopt;
    return static_cast<std::size_t>(found - kSettings.begin());
}

std::string Setting::variable() const {
    std::string text{"TICKCAST_"};
    for (char const c : name) {
        text += c == '-' ? '_' : static_cast<char>(c - 'a' + 'A');  // names are a-z and '-'
    }
    return text;
}

}  // namespace tickcast
