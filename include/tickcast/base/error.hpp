// What went wrong, as a value: a stable code (docs/CONTRACT.md, Errors) with what helps the one who
// caused it.
#pragma once

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
    unknown_op,  ///< of a stream's message alone
};

/// The code as it stands in JSON.
std::string_view name(ErrorCode code) noexcept;
/// One short sentence for people (RFC 9457 `title`).
std::string_view title(ErrorCode code) noexcept;
/// A code's HTTP status.
unsigned http_status(ErrorCode code) noexcept;

struct Error {
    ErrorCode code{ErrorCode::internal};
    std::string detail{};
    std::vector<std::string> tickers{};    ///< the tickers at fault, where that helps
    std::optional<std::uint64_t> limit{};  ///< the figure that was exceeded
    std::optional<std::uint64_t> line{};   ///< pushed bodies: line or element, from 1
    std::string allow{};                   ///< 405: the methods allowed
};

}  // namespace tickcast
