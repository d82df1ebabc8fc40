#include "tickcast/metrics/labels.hpp"

namespace tickcast {
namespace {

constexpr std::array<std::string_view, kTransports> kTransportNames{"websocket", "sse"};
static_assert(static_cast<std::size_t>(Transport::sse) + 1 == kTransports);

constexpr std::array<std::string_view, kRoutes> kRouteNames{
    "/v1/sessions",    "/v1/sessions/{id}", "/v1/tickers", "/v1/quotes",
    "/v1/stream/{id}", "/v1/ticks",         "/metrics",    "/livez",
    "/healthz",        "/readyz",           "static",      "unknown"};
static_assert(static_cast<std::size_t>(Route::unknown) + 1 == kRoutes);

constexpr std::array<std::string_view, kMethods> kMethodNames{"GET",    "HEAD",    "POST", "PATCH",
                                                              "DELETE", "OPTIONS", "other"};
static_assert(static_cast<std::size_t>(Method::other) + 1 == kMethods);

constexpr std::array<std::string_view, kRejectReasons> kReasonNames{"syntax", "ticker", "range",
                                                                    "limit"};
static_assert(static_cast<std::size_t>(RejectReason::limit) + 1 == kRejectReasons);

constexpr std::array<std::string_view, kLimits> kLimitNames{"max-tickers-per-session",
                                                            "max-sessions",
                                                            "max-connections",
                                                            "max-sessions-per-address",
                                                            "max-connections-per-address",
                                                            "max-requests-per-second-per-address",
                                                            "max-known-tickers",
                                                            "max-body-bytes",
                                                            "max-header-bytes",
                                                            "max-message-bytes",
                                                            "max-messages-per-second",
                                                            "push-body-max",
                                                            "max-session-age-seconds",
                                                            "request-timeout-seconds",
                                                            "slow-client-seconds",
                                                            "peer-timeout-seconds"};
static_assert(static_cast<std::size_t>(Limit::peer_timeout_seconds) + 1 == kLimits);

}  // namespace

std::string_view name(Transport transport) noexcept {
    return kTransportNames[static_cast<std::size_t>(transport)];
}

std::string_view name(Route route) noexcept {
    return kRouteNames[static_cast<std::size_t>(route)];
}

std::string_view name(Method method) noexcept {
    return kMethodNames[static_cast<std::size_t>(method)];
}

std::string_view name(RejectReason reason) noexcept {
    return kReasonNames[static_cast<std::size_t>(reason)];
}

std::string_view name(Limit limit) noexcept {
    return kLimitNames[static_cast<std::size_t>(limit)];
}

}  // namespace tickcast
