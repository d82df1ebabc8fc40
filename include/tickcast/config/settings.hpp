// All settings with their defaults: a plain struct, read-only once the process has started; any
// thread may read it. A limit of 0 is off.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace tickcast {

/// The highest --max-tickers-per-session: the hub numbers a client's tickers in 15 bits.
inline constexpr std::size_t kMostTickersPerSession = 10'000;

struct Settings {
    std::string listen{"0.0.0.0:8080"};
    std::string admin_listen{"127.0.0.1:8081"};
    std::size_t threads{0};  ///< 0 = the processors the process may use
    std::vector<std::string> feeds{"sim"};
    std::string config{};  ///< the TOML file these may come from; empty = none
    std::string log_level{"info"};
    std::string log_format{"text"};  ///< or "json"
    std::string web_root{};          ///< directory of the page's files; empty = none
    /// Exact origins ("https://example.org"); empty = any.
    std::vector<std::string> allow_origins{};
    std::string tls_cert{};  ///< PEM file of the certificate chain; with tls_key, or empty
    std::string tls_key{};
    bool admin_tls{false};  ///< TLS on the admin listener too, with the same certificate
    std::string send_backend{"auto"};
    bool reuse_port{false};  ///< another process may share the public port

    std::size_t max_tickers_per_session{256};
    std::size_t max_sessions{200'000};
    std::size_t max_connections{100'000};  ///< open sockets of the public listener
    std::size_t max_sessions_per_address{0};
    std::size_t max_connections_per_address{0};
    std::size_t max_requests_per_second_per_address{0};
    std::size_t max_known_tickers{100'000};
    std::size_t max_body_bytes{65'536};
    std::size_t max_header_bytes{16'384};
    std::size_t max_message_bytes{16'384};
    std::size_t max_messages_per_second{20};  ///< of one stream's client; the burst is twice that
    std::size_t push_body_max{8'388'608};
    std::string push_token_file{};

    double pending_seconds{30};
    double detached_seconds{30};
    double max_session_age_seconds{0};
    double heartbeat_seconds{15};
    double stale_seconds{15};
    double ping_seconds{20};
    double peer_timeout_seconds{60};
    double request_timeout_seconds{10};
    double slow_client_seconds{30};
    double drain_seconds{10};
    double drain_delay_seconds{0};

    bool ready_needs_feed{false};  ///< a disconnected feed makes /readyz 503

    /// SO_SNDBUF of a stream's socket; not a setting of the command line.
    std::size_t stream_send_buffer_bytes{65'536};
};

}  // namespace tickcast
