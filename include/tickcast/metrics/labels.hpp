// The closed sets that metric labels come from.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tickcast {

/// How a stream ended, as the side that ended it meant it (tickcast_stream_closes_total; CONTRACT
/// END-11..22, MET-38, MET-39).
enum class CloseCode : std::uint16_t {
    normal = 1000,
    going_away = 1001,
    protocol_error = 1002,
    unsupported_data = 1003,
    lost = 1006,  ///< never sent: lost, or reset without a reason of ours
    bad_payload = 1007,
    policy = 1008,
    too_big = 1009,
    internal_error = 1011,
    deleted = 4000,
    taken_over = 4001,
    too_old = 4002,
    too_slow = 4003,
};
inline constexpr std::array<CloseCode, 13> kCloseCodes{
    CloseCode::normal,           CloseCode::going_away, CloseCode::protocol_error,
    CloseCode::unsupported_data, CloseCode::lost,       CloseCode::bad_payload,
    CloseCode::policy,           CloseCode::too_big,    CloseCode::internal_error,
    CloseCode::deleted,          CloseCode::taken_over, CloseCode::too_old,
    CloseCode::too_slow};

/// How a stream reaches its client (label `transport`).
enum class Transport : std::uint8_t { websocket, sse };
inline constexpr std::size_t kTransports = 2;
std::string_view name(Transport transport) noexcept;

/// Path templates of both listeners (label `route`).
enum class Route : std::uint8_t {
    sessions,     // /v1/sessions
    session,      // /v1/sessions/{id}
    tickers,      // /v1/tickers
    quotes,       // /v1/quotes
    stream,       // /v1/stream/{id}
    ticks,        // /v1/ticks
    metrics,      // /metrics
    livez,        // /livez
    healthz,      // /healthz
    readyz,       // /readyz
    static_file,  // static
    unknown,      // unknown
};
inline constexpr std::size_t kRoutes = 12;
std::string_view name(Route route) noexcept;

/// Label `method`: the methods we serve, and one for all others.
enum class Method : std::uint8_t { get, head, post, patch, delete_, options, other };
inline constexpr std::size_t kMethods = 7;
std::string_view name(Method method) noexcept;

enum class FeedKind : std::uint8_t { sim, replay, push };
inline constexpr std::size_t kFeedKinds = 3;
std::string_view name(FeedKind kind) noexcept;

/// Why a row or line of a feed was not taken (tickcast_ticks_rejected_total).
enum class RejectReason : std::uint8_t { syntax, ticker, range, limit };
inline constexpr std::size_t kRejectReasons = 4;
std::string_view name(RejectReason reason) noexcept;

/// Limits with a counter (tickcast_limit_hits_total); names are the settings'.
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
inline constexpr std::size_t kLimits = 16;
std::string_view name(Limit limit) noexcept;

}  // namespace tickcast
