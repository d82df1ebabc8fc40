#include "api/page_routes.hpp"

#include "tickcast/http/response.hpp"
#include "tickcast/http/static_routes.hpp"

namespace tickcast {

namespace {

Answer health(std::string_view member, bool good, std::string_view reason) {
    std::string body{"{\""};
    body.append(member).append(good ? "\":true" : "\":false");
    if (!good && !reason.empty()) body.append(",\"reason\":\"").append(reason) += '"';
    auto const status = good ? http::status::ok : http::status::service_unavailable;
    return Answer{.response = json_response(status, body + '}')};
}

HttpResponse welcome() {
    return text_response(
        "text/plain; charset=utf-8",
        "Tickcast: live prices. README.md and docs/ in its sources say how; begin with "
        "POST /v1/sessions.\n");
}

}  // namespace

Awaitable<Outcome> get_page(PublicApi::State&, Call call) {
    if (call.routed.file) co_return static_answer(call.routed.file, call.request);
    co_return Answer{.response = welcome()};
}

Awaitable<Outcome> get_readyz(PublicApi::State& state, Call) {
    co_return health("ready", !state.deps.draining.load(std::memory_order_relaxed),
                     name(ErrorCode::draining));
}

Awaitable<Outcome> get_livez(PublicApi::State& state, Call) {
    co_return health("live", state.deps.liveness.alive(), {});
}

}  // namespace tickcast
