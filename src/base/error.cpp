#include "tickcast/base/error.hpp"

#include <array>
#include <cstddef>

namespace tickcast {
namespace {

struct CodeFacts {
    ErrorCode code;
    std::string_view name;
    unsigned status;
    std::string_view title;
};

constexpr std::array kCodes{
    CodeFacts{ErrorCode::bad_request, "bad_request", 400, "The request is malformed."},
    CodeFacts{ErrorCode::invalid_json, "invalid_json", 400, "The text is not valid JSON."},
    CodeFacts{ErrorCode::invalid_type, "invalid_type", 400,
              "A member is missing or of the wrong type."},
    CodeFacts{ErrorCode::unknown_field, "unknown_field", 400, "A member is not known."},
    CodeFacts{ErrorCode::bad_throttle, "bad_throttle", 400, "The throttle is out of its range."},
    CodeFacts{ErrorCode::bad_query, "bad_query", 400, "The query string is wrong."},
    CodeFacts{ErrorCode::unauthorized, "unauthorized", 401, "A valid token is required."},
    CodeFacts{ErrorCode::origin_not_allowed, "origin_not_allowed", 403,
              "Requests of this origin are not allowed."},
    CodeFacts{ErrorCode::host_not_allowed, "host_not_allowed", 403,
              "Requests for this host are not allowed."},
    CodeFacts{ErrorCode::no_such_session, "no_such_session", 404, "There is no such session."},
    CodeFacts{ErrorCode::no_such_route, "no_such_route", 404, "There is nothing at this path."},
    CodeFacts{ErrorCode::method_not_allowed, "method_not_allowed", 405,
              "The method is not allowed here."},
    CodeFacts{ErrorCode::request_timeout, "request_timeout", 408,
              "The request did not arrive in time."},
    CodeFacts{ErrorCode::body_too_large, "body_too_large", 413, "The body is too large."},
    CodeFacts{ErrorCode::unsupported_media_type, "unsupported_media_type", 415,
              "The content type is not supported."},
    CodeFacts{ErrorCode::unknown_ticker, "unknown_ticker", 422, "A ticker is not known."},
    CodeFacts{ErrorCode::invalid_ticker, "invalid_ticker", 422, "A ticker is ill-formed."},
    CodeFacts{ErrorCode::too_many_tickers, "too_many_tickers", 422, "There are too many tickers."},
    CodeFacts{ErrorCode::empty_tickers, "empty_tickers", 422, "At least one ticker is needed."},
    CodeFacts{ErrorCode::out_of_range, "out_of_range", 422, "A value is out of range."},
    CodeFacts{ErrorCode::upgrade_required, "upgrade_required", 426,
              "A stream needs a WebSocket upgrade or Accept: text/event-stream."},
    CodeFacts{ErrorCode::rate_limited, "rate_limited", 429, "There are too many requests."},
    CodeFacts{ErrorCode::too_many_sessions, "too_many_sessions", 429,
              "This address has too many sessions."},
    CodeFacts{ErrorCode::too_many_connections, "too_many_connections", 429,
              "This address has too many connections."},
    CodeFacts{ErrorCode::headers_too_large, "headers_too_large", 431, "The headers are too large."},
    CodeFacts{ErrorCode::internal, "internal", 500, "The server failed."},
    CodeFacts{ErrorCode::draining, "draining", 503, "The server is shutting down."},
    CodeFacts{ErrorCode::at_capacity, "at_capacity", 503, "The server is at its capacity."},
    CodeFacts{ErrorCode::http_version_not_supported, "http_version_not_supported", 505,
              "The HTTP version is not supported."},
    // No answer of REST has it; the status is what it would be there.
    CodeFacts{ErrorCode::unknown_op, "unknown_op", 400, "The operation is not known."},
};

constexpr bool in_order_of_the_enumeration() {
    for (std::size_t i = 0; i < kCodes.size(); ++i) {
        if (static_cast<std::size_t>(kCodes[i].code) != i) return false;
    }
    return kCodes.back().code == ErrorCode::unknown_op;
}
static_assert(in_order_of_the_enumeration(), "the code is the index");

constexpr CodeFacts const& facts(ErrorCode code) noexcept {
    return kCodes[static_cast<std::size_t>(code)];
}

}  // namespace

std::string_view name(ErrorCode code) noexcept {
    return facts(code).name;
}
std::string_view title(ErrorCode code) noexcept {
    return facts(code).title;
}
unsigned http_status(ErrorCode code) noexcept {
    return facts(code).status;
}

}  // namespace tickcast
