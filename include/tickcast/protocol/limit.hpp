// The limits that clients can hit; each hit is counted (tickcast_limit_hits_total). Pure; any
// thread.
#pragma once

#include "tickcast/protocol/table.hpp"

#include <cstdint>
#include <string_view>
#include <variant>

namespace tickcast {

enum class Limit : std::uint8_t {
    max_tickers_per_session,
    max_sessions,
    max_connections,
    max_sessions_per_address,
    max_connections_per_address,
    max_requests_per_second_per_address,
    max_known_tickers,
    max_body_bytes,
    max_header_bytes,
    max_message_bytes,
    max_messages_per_second,
    push_body_max,
    max_session_age_seconds,
    request_timeout_seconds,
    slow_client_seconds,
    peer_timeout_seconds,
};

struct LimitRow {
    Limit value;
    std::string_view setting;  ///< the label `limit`, and its setting without the dashes
};
inline constexpr std::array kLimitTable{
    LimitRow{Limit::max_tickers_per_session, "max-tickers-per-session"},
    LimitRow{Limit::max_sessions, "max-sessions"},
    LimitRow{Limit::max_connections, "max-connections"},
    LimitRow{Limit::max_sessions_per_address, "max-sessions-per-address"},
    LimitRow{Limit::max_connections_per_address, "max-connections-per-address"},
    LimitRow{Limit::max_requests_per_second_per_address, "max-requests-per-second-per-address"},
    LimitRow{Limit::max_known_tickers, "max-known-tickers"},
    LimitRow{Limit::max_body_bytes, "max-body-bytes"},
    LimitRow{Limit::max_header_bytes, "max-header-bytes"},
    LimitRow{Limit::max_message_bytes, "max-message-bytes"},
    LimitRow{Limit::max_messages_per_second, "max-messages-per-second"},
    LimitRow{Limit::push_body_max, "push-body-max"},
    LimitRow{Limit::max_session_age_seconds, "max-session-age-seconds"},
    LimitRow{Limit::request_timeout_seconds, "request-timeout-seconds"},
    LimitRow{Limit::slow_client_seconds, "slow-client-seconds"},
    LimitRow{Limit::peer_timeout_seconds, "peer-timeout-seconds"},
};
static_assert(covers_up_to(kLimitTable, Limit::peer_timeout_seconds));
inline constexpr std::size_t kLimits = kLimitTable.size();

constexpr std::string_view name(Limit limit) noexcept {
    return kLimitTable[index_of(limit)].setting;
}

/// The value of a limit's setting: a count, or seconds.
using LimitFigure = std::variant<std::uint64_t, double>;

}  // namespace tickcast
