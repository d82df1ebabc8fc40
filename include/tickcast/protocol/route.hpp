// The routes of both listeners and the HTTP methods, with their names in metrics. Pure; any thread.
#pragma once

#include "tickcast/protocol/table.hpp"

#include <cstdint>
#include <string_view>

namespace tickcast {

enum class Route : std::uint8_t {
    sessions,
    session,
    tickers,
    quotes,
    stream,
    ticks,
    metrics,
    livez,
    healthz,
    readyz,
    static_file,
    unknown,
};

struct RouteRow {
    Route value;
    std::string_view pattern;  ///< the path, an ID in it as {id}; the label `route`
};
inline constexpr std::array kRouteTable{
    RouteRow{Route::sessions, "/v1/sessions"},  RouteRow{Route::session, "/v1/sessions/{id}"},
    RouteRow{Route::tickers, "/v1/tickers"},    RouteRow{Route::quotes, "/v1/quotes"},
    RouteRow{Route::stream, "/v1/stream/{id}"}, RouteRow{Route::ticks, "/v1/ticks"},
    RouteRow{Route::metrics, "/metrics"},       RouteRow{Route::livez, "/livez"},
    RouteRow{Route::healthz, "/healthz"},       RouteRow{Route::readyz, "/readyz"},
    RouteRow{Route::static_file, "static"},  // a file of the web page, which has many paths
    RouteRow{Route::unknown, "unknown"},
};
static_assert(covers_up_to(kRouteTable, Route::unknown));
inline constexpr std::size_t kRoutes = kRouteTable.size();

constexpr std::string_view name(Route route) noexcept {
    return kRouteTable[index_of(route)].pattern;
}
/// The part of a route's path before the ID; for a route whose pattern has an ID.
constexpr std::string_view prefix(Route route) noexcept {
    return name(route).substr(0, name(route).find('{'));
}

/// The methods that the server knows, and `other` for all the rest.
enum class Method : std::uint8_t { get, head, post, patch, delete_, options, other };

struct MethodRow {
    Method value;
    std::string_view name;  ///< the label `method`
};
inline constexpr std::array kMethodTable{
    MethodRow{Method::get, "GET"},        MethodRow{Method::head, "HEAD"},
    MethodRow{Method::post, "POST"},      MethodRow{Method::patch, "PATCH"},
    MethodRow{Method::delete_, "DELETE"}, MethodRow{Method::options, "OPTIONS"},
    MethodRow{Method::other, "other"},
};
static_assert(covers_up_to(kMethodTable, Method::other));
inline constexpr std::size_t kMethods = kMethodTable.size();

constexpr std::string_view name(Method method) noexcept {
    return kMethodTable[index_of(method)].name;
}

}  // namespace tickcast
