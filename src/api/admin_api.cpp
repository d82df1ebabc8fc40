#include "tickcast/api/admin_api.hpp"

#include "api/admin_routes.hpp"
#include "tickcast/api/origin_policy.hpp"
#include "tickcast/feed/push/push_format.hpp"
#include "tickcast/http/fields.hpp"
#include "tickcast/http/refusals.hpp"
#include "tickcast/http/response.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace tickcast {

namespace {

/// The host of a listen address, without its port. "[::]" and "localhost" are hosts here too.
std::string host_of(std::string const& listen) {
    return host_without_port(listen).value_or(std::string{});
}

Answer status_answer(bool good, nlohmann::ordered_json const& body) {
    auto const status = good ? http::status::ok : http::status::service_unavailable;
    return Answer{.response = json_response(status, body.dump())};
}

/// The answer to `OPTIONS *`.
Awaitable<Outcome> answer_options(Call call) {
    auto response = empty_response();
    response.set(http::field::allow, call.routed.methods.list());
    co_return Answer{.response = std::move(response)};
}

}  // namespace

Awaitable<Outcome> get_metrics(AdminApi::State& state, Call) {
    co_return Answer{.response = text_response("text/plain; version=0.0.4; charset=utf-8",
                                               state.deps.process.metrics_text())};
}

Awaitable<Outcome> get_health(AdminApi::State& state, Call) {
    bool const alive = state.deps.process.alive();
    co_return status_answer(alive, {{"alive", alive}});
}

Awaitable<Outcome> get_readiness(AdminApi::State& state, Call) {
    auto const now = state.deps.process.readiness();
    co_return status_answer(now.ready,
                            {{"ready", now.ready}, {"reason", now.reason}, {"feed", now.feed}});
}

AdminApi::AdminApi(Dependencies dependencies)
    : state_{.deps = std::move(dependencies), .own_host = {}} {
    state_.own_host = host_of(state_.deps.settings.admin_listen);
}

std::span<std::string_view const> AdminApi::routes() noexcept {
    return kAdminRoutes.labels();
}

Routed AdminApi::route(HttpHeader const& header) const {
    auto const& deps = state_.deps;
    auto const path = split_target(to_std(header.target())).path;
    bool const push_is_off = !deps.loopback && deps.push_token.empty();
    auto routed = push_is_off && path == kTicksPattern
                      ? Routed{}
                      : kAdminRoutes.find(path, method_label(header.method()));
    routed.body_limit = deps.settings.*routed.facts.body.setting;
    return routed;
}

Result<Admission, Refusal> AdminApi::admit(HttpHeader const& header, Routed const& routed) const {
    if (auto refused = refuse_by_table(header, routed)) return *std::move(refused);
    if (routed.row == Routed::kNoRow) return Admission{};
    auto const& operation = kAdminRoutes[routed.row].handler;
    return operation.admit != nullptr ? operation.admit(state_, header, routed) : Admission{};
}

Awaitable<Outcome> AdminApi::handle(HttpRequest const& request, Routed const& routed,
                                    ConnectionSlot const& client) {
    Call const call{request, routed, client};
    if (routed.row == Routed::kNoRow) return answer_options(call);
    return kAdminRoutes[routed.row].handler.answer(state_, call);
}

void AdminApi::refused(Refusal const& refusal, HttpHeader const* header, Routed const& routed) {
    auto const code = refusal.error.code;
    count_limit(code, routed, state_.deps.metrics);
    bool const forbidden =
        code == ErrorCode::origin_not_allowed || code == ErrorCode::host_not_allowed;
    if (!forbidden || header == nullptr) return;
    log_refused_origin(origin_log_, state_.deps.clock.now(), "push_refused", *header);
}

}  // namespace tickcast
