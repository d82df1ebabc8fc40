// All settings with their defaults: a plain struct, read-only once the process has started.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace tickcast {

struct Settings {
    std::string listen{"0.0.0.0:8080"};
    std::string admin_listen{"127.0.0.1:8081"};
    std::size_t threads{0};  ///< 0 = the processors the process may use
    std::vector<std::string> feeds{"sim"};
    std::string log_level{"info"};

    std::size_t max_tickers_per_session{64};
    std::size_t max_sessions{200'000};
    std::size_t max_known_tickers{100'000};
    std::size_t max_body_bytes{65'536};
    std::size_t max_header_bytes{16'384};
    std::size_t max_message_bytes{16'384};
    std::size_t push_body_max{8'388'608};

    double pending_seconds{30};
    double detached_seconds{30};
    double heartbeat_seconds{15};
    double stale_seconds{15};
    double ping_seconds{20};
    double peer_timeout_seconds{60};
    double request_timeout_seconds{10};

    /// SO_SNDBUF of a stream's socket; not a setting of the command line.
    std::size_t stream_send_buffer_bytes{65'536};
};

}  // namespace tickcast
