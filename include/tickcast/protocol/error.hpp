// An error as a value: a stable code (docs/CONTRACT.md, Errors) with details that help the client
// that caused it. Pure; any thread.
#pragma once

#include "tickcast/base/result.hpp"
#include "tickcast/protocol/limit.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tickcast {

/// The error codes, the same in REST answers and in stream errors (CONTRACT ERR-7..35, MSG-17).
enum class ErrorCode : std::uint8_t {
    bad_request,
    invalid_json,
    invalid_type,
    unknown_field,
    bad_throttle,
    bad_query,
    unauthorized,
    origin_not_allowed,
    host_not_allowed,
    no_such_session,
    no_such_route,
    method_not_allowed,
    request_timeout,
    body_too_large,
    unsupported_media_type,
    unknown_ticker,
    invalid_ticker,
    too_many_tickers,
    empty_tickers,
    out_of_range,
    upgrade_required,
    rate_limited,
    too_many_sessions,
    too_many_connections,
    headers_too_large,
    internal,
    draining,
    at_capacity,
    http_version_not_supported,
    unknown_op,  ///< only for messages of a stream's client
};

/// Effects that only few errors have.
struct ErrorEffects {
    /// After how many seconds a retry makes sense (Retry-After); 0 where waiting does not help.
    unsigned retry_after_s{0};
    bool closes{false};  ///< the connection is closed after the answer
    /// The limit that was hit while the request was read, before any handler saw it.
    std::optional<Limit> limit_of_reading{};
};

struct ErrorRow {
    ErrorCode value;
    std::string_view name;   ///< as it is written in JSON
    unsigned status;         ///< the HTTP status
    std::string_view title;  ///< one short sentence for people (RFC 9457)
    ErrorEffects effects{};
};
inline constexpr std::array kErrorTable{
    ErrorRow{
        ErrorCode::bad_request, "bad_request", 400, "The request is malformed.", {.closes = true}},
    ErrorRow{ErrorCode::invalid_json, "invalid_json", 400, "The text is not valid JSON."},
    ErrorRow{ErrorCode::invalid_type, "invalid_type", 400,
             "A member is missing or of the wrong type."},
    ErrorRow{ErrorCode::unknown_field, "unknown_field", 400, "A member is not known."},
    ErrorRow{ErrorCode::bad_throttle, "bad_throttle", 400, "The throttle is out of its range."},
    ErrorRow{ErrorCode::bad_query, "bad_query", 400, "The query string is wrong."},
    ErrorRow{ErrorCode::unauthorized, "unauthorized", 401, "A valid token is required."},
    ErrorRow{ErrorCode::origin_not_allowed, "origin_not_allowed", 403,
             "Requests of this origin are not allowed."},
    ErrorRow{ErrorCode::host_not_allowed, "host_not_allowed", 403,
             "Requests for this host are not allowed."},
    ErrorRow{ErrorCode::no_such_session, "no_such_session", 404, "There is no such session."},
    ErrorRow{ErrorCode::no_such_route, "no_such_route", 404, "There is nothing at this path."},
    ErrorRow{ErrorCode::method_not_allowed, "method_not_allowed", 405,
             "The method is not allowed here."},
    ErrorRow{ErrorCode::request_timeout,
             "request_timeout",
             408,
             "The request did not arrive in time.",
             {.closes = true, .limit_of_reading = Limit::request_timeout_seconds}},
    ErrorRow{ErrorCode::body_too_large, "body_too_large", 413, "The body is too large."},
    ErrorRow{ErrorCode::unsupported_media_type, "unsupported_media_type", 415,
             "The content type is not supported."},
    ErrorRow{ErrorCode::unknown_ticker, "unknown_ticker", 422, "A ticker is not known."},
    ErrorRow{ErrorCode::invalid_ticker, "invalid_ticker", 422, "A ticker is ill-formed."},
    ErrorRow{ErrorCode::too_many_tickers, "too_many_tickers", 422, "There are too many tickers."},
    ErrorRow{ErrorCode::empty_tickers, "empty_tickers", 422, "At least one ticker is needed."},
    ErrorRow{ErrorCode::out_of_range, "out_of_range", 422, "A value is out of range."},
    ErrorRow{ErrorCode::upgrade_required, "upgrade_required", 426,
             "A stream needs a WebSocket upgrade or Accept: text/event-stream."},
    // A token bucket is full again after one second.
    ErrorRow{ErrorCode::rate_limited,
             "rate_limited",
             429,
             "There are too many requests.",
             {.retry_after_s = 1, .limit_of_reading = Limit::max_requests_per_second_per_address}},
    // A third of the time that a pending or detached session lives.
    ErrorRow{ErrorCode::too_many_sessions,
             "too_many_sessions",
             429,
             "This address has too many sessions.",
             {.retry_after_s = 10}},
    ErrorRow{ErrorCode::too_many_connections,
             "too_many_connections",
             429,
             "This address has too many connections.",
             {.retry_after_s = 10}},
    ErrorRow{ErrorCode::headers_too_large,
             "headers_too_large",
             431,
             "The headers are too large.",
             {.limit_of_reading = Limit::max_header_bytes}},
    ErrorRow{ErrorCode::internal, "internal", 500, "The server failed."},
    // By then the load balancer has noticed the drain, or the next process is up.
    ErrorRow{
        ErrorCode::draining, "draining", 503, "The server is shutting down.", {.retry_after_s = 5}},
    ErrorRow{ErrorCode::at_capacity,
             "at_capacity",
             503,
             "The server is at its capacity.",
             {.retry_after_s = 10}},
    ErrorRow{ErrorCode::http_version_not_supported, "http_version_not_supported", 505,
             "The HTTP version is not supported."},
    // No REST answer has this error; the status is the one that it would have there.
    ErrorRow{ErrorCode::unknown_op, "unknown_op", 400, "The operation is not known."},
};
static_assert(covers_up_to(kErrorTable, ErrorCode::unknown_op));

constexpr ErrorRow const& facts(ErrorCode code) noexcept {
    return kErrorTable[index_of(code)];
}
constexpr std::string_view name(ErrorCode code) noexcept {
    return facts(code).name;
}

struct Error {
    ErrorCode code{ErrorCode::internal};
    std::string detail{};
    std::vector<std::string> tickers{};    ///< the tickers at fault, where that helps
    std::optional<std::uint64_t> limit{};  ///< the figure that was exceeded
    std::optional<std::uint64_t> line{};   ///< pushed bodies: line or element, from 1
};

/// A Result without an error type has an Error.
template <class T, class E = Error>
class Result;

}  // namespace tickcast
