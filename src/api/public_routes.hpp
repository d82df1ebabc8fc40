// All that the public listener serves. A constant; any thread. A new call needs a row here, a
// handler, and an entry in openapi.yaml.
#pragma once

#include "api/operation.hpp"
#include "api/page_routes.hpp"
#include "api/session_routes.hpp"
#include "api/stream_routes.hpp"
#include "api/ticker_routes.hpp"
#include "tickcast/api/public_api.hpp"

#include <array>

namespace tickcast {

using PublicRow = RouteRow<Operation<PublicApi::State>>;

inline constexpr RouteTable kPublicRoutes{
    std::array{
        PublicRow{
            Method::post, "/v1/sessions", {post_session}, {.json_body = true, .new_work = true}},
        PublicRow{Method::get, kSessionPattern, {get_session}},
        PublicRow{Method::patch, kSessionPattern, {patch_session}, {.json_body = true}},
        PublicRow{Method::delete_, kSessionPattern, {delete_session}},
        PublicRow{Method::get, "/v1/tickers", {get_tickers}},
        PublicRow{Method::get, "/v1/quotes", {get_quotes}},
        PublicRow{Method::get, kStreamPattern, {get_stream, admit_stream}},
        PublicRow{Method::get, "/readyz", {get_readyz}, {.answered_always = true}},
        PublicRow{Method::get, "/livez", {get_livez}, {.answered_always = true}},
        PublicRow{Method::get, kPagePattern, {get_page}},
    },
    MethodSet{Method::options}};

}  // namespace tickcast
