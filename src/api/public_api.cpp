#include "tickcast/api/public_api.hpp"

#include "api/public_routes.hpp"
#include "tickcast/http/fields.hpp"
#include "tickcast/http/refusals.hpp"
#include "tickcast/http/response.hpp"

namespace tickcast {

namespace {

/// The answer to OPTIONS, also to `OPTIONS *`.
Awaitable<Outcome> answer_preflight(Call call) {
    auto const methods = call.routed.methods.list();
    auto response = empty_response();
    response.set(http::field::allow, methods);
    response.set(http::field::access_control_allow_methods, methods);
    // The fields that our clients send are named, for older browsers. The wildcard covers all
    // others for requests without credentials, and we use no credentials.
    response.set(http::field::access_control_allow_headers, "Content-Type, Last-Event-ID, *");
    response.set(http::field::access_control_max_age, "86400");
    co_return Answer{.response = std::move(response)};
}

}  // namespace

PublicApi::PublicApi(Dependencies const& dependencies)
    : state_{.deps = dependencies, .listing = TickerListing{dependencies.context.tickers}},
      origins_(dependencies.context.settings.allow_origins) {}

std::span<std::string_view const> PublicApi::routes() noexcept {
    return kPublicRoutes.labels();
}

Routed PublicApi::route(HttpHeader const& header) const {
    auto const path = split_target(to_std(header.target())).path;
    auto const method = method_label(header.method());
    auto routed = kPublicRoutes.find(path, method);
    if (routed.methods.empty()) {
        auto const* const page = state_.deps.page;
        auto const file = page != nullptr ? page->find(path) : StaticTarget{};
        if (file || (page == nullptr && path == "/")) {
            routed = kPublicRoutes.find_pattern(kPagePattern, method);
            routed.file = file;
        }
    }
    routed.body_limit = state_.deps.context.settings.*routed.facts.body.setting;
    return routed;
}

/// If a request is refused for several reasons, the origin comes first.
Result<Admission, Refusal> PublicApi::admit(HttpHeader const& header, Routed const& routed) const {
    if (!origins_.admits(header)) {
        return refusal(
            ErrorCode::origin_not_allowed,
            origin_and_host(header) + " differ, and --allow-origin does not list this origin");
    }
    if (auto refused = refuse_by_table(header, routed)) return *std::move(refused);
    if (routed.row == Routed::kNoRow) return Admission{};
    auto const& operation = kPublicRoutes[routed.row].handler;
    if (operation.admit != nullptr) return operation.admit(state_, header, routed);
    bool const draining = state_.deps.draining.load(std::memory_order_relaxed);
    if (auto refused = refuse_by_facts(header, routed.facts, draining)) return *std::move(refused);
    return Admission{};
}

Awaitable<Outcome> PublicApi::handle(HttpRequest const& request, Routed const& routed,
                                     ConnectionSlot const& client) {
    Call const call{request, routed, client};
    if (routed.row == Routed::kNoRow) return answer_preflight(call);
    return kPublicRoutes[routed.row].handler.answer(state_, call);
}

void PublicApi::refused(Refusal const& refusal, HttpHeader const* header, Routed const& routed) {
    auto const code = refusal.error.code;
    count_limit(code, routed, state_.deps.metrics);
    if (code != ErrorCode::origin_not_allowed || header == nullptr) return;
    log_refused_origin(origin_log_, state_.deps.context.clock.now(), "origin_refused", *header);
}

void PublicApi::mark(HttpResponse& response, HttpHeader const* header) const {
    origins_.mark(response, header);
}

}  // namespace tickcast
