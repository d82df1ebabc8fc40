// All that the admin listener serves. A constant; any thread. A new call needs a row here, a
// handler, and an entry in openapi.yaml.
#pragma once

#include "api/operation.hpp"
#include "api/push_routes.hpp"
#include "tickcast/api/admin_api.hpp"

#include <array>

namespace tickcast {

Awaitable<Outcome> get_metrics(AdminApi::State& state, Call call);
Awaitable<Outcome> get_health(AdminApi::State& state, Call call);
Awaitable<Outcome> get_readiness(AdminApi::State& state, Call call);

using AdminRow = RouteRow<Operation<AdminApi::State>>;

inline constexpr RouteTable kAdminRoutes{std::array{
    AdminRow{Method::get, "/metrics", {get_metrics}},
    AdminRow{Method::get, "/livez", {get_health}},
    AdminRow{Method::get, "/healthz", {get_health}},
    AdminRow{Method::get, "/readyz", {get_readiness}},
    AdminRow{Method::post,
             kTicksPattern,
             {post_ticks, admit_ticks},
             {.body = {&Settings::push_body_max, Limit::push_body_max}}},
}};

}  // namespace tickcast
