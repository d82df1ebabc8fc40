#include "tickcast/api/admin_api.hpp"

#include "tickcast/api/origin_policy.hpp"
#include "tickcast/feed/push/push_format.hpp"
#include "tickcast/http/fields.hpp"
#include "tickcast/http/refusals.hpp"
#include "tickcast/http/response.hpp"
#include "tickcast/http/target.hpp"

#include <nlohmann/json.hpp>

namespace tickcast {

namespace {

std::optional<PushFormat> push_format(HttpHeader const& header) {
    auto const type = media_type(header);
    if (type == "application/x-ndjson") return PushFormat::ndjson;
    if (type == "application/json") return PushFormat::array;
    return std::nullopt;
}

/// The port is not needed, and "[::]" and "localhost" are hosts here too.
std::string host_of(std::string const& listen) {
    return host_without_port(listen).value_or(std::string{});
}

/// The credentials of `Authorization: Bearer` (RFC 6750 section 2.1); empty if there are none.
std::string_view bearer(HttpHeader const& header) {
    constexpr std::string_view kScheme = "bearer ";
    if (count_fields(header, http::field::authorization) != 1) return {};
    auto const text = to_std(header[http::field::authorization]);
    if (!equal_ignoring_case(text.substr(0, kScheme.size()), kScheme)) return {};
    auto const begin = text.find_first_not_of(' ', kScheme.size());
    return begin == std::string_view::npos ? std::string_view{} : text.substr(begin);
}

/// In a time that tells nothing of the token but its length.
bool same_secret(std::string_view given, std::string_view secret) noexcept {
    if (given.size() != secret.size()) return false;
    unsigned char volatile difference = 0;  // volatile: no early end may be made of it
    for (std::size_t i = 0; i < secret.size(); ++i) {
        difference = static_cast<unsigned char>(difference | (given[i] ^ secret[i]));
    }
    return difference == 0;
}

HttpResponse status_response(bool good, nlohmann::ordered_json const& body) {
    auto const status = good ? http::status::ok : http::status::service_unavailable;
    return json_response(status, body.dump());
}

}  // namespace

AdminApi::AdminApi(Dependencies dependencies)
    : deps_(std::move(dependencies)), own_host_(host_of(deps_.settings.admin_listen)) {}

Route AdminApi::locate(HttpHeader const& header) const {
    auto const path = split_target(to_std(header.target())).path;
    bool const may_push = deps_.loopback || !deps_.push_token.empty();
    for (auto const route :
         {Route::metrics, Route::livez, Route::healthz, Route::readyz, Route::ticks}) {
        if (path == name(route) && (route != Route::ticks || may_push)) return route;
    }
    return Route::unknown;
}

Awaitable<Answer> AdminApi::handle(HttpRequest const& request, ConnectionSlot const&) {
    auto const route = locate(request);
    auto refused = refuse_header(request, route);
    if (refused) log_if_forbidden(request, *refused);
    if (!refused && route == Route::ticks && request.body().size() > PushFeed::kSmallBody) {
        auto answered = co_await push_in_slices(request);
        co_return Answer{std::move(answered), route};
    }
    HttpResponse response = refused ? std::move(*refused) : answer(request, route);
    co_return Answer{std::move(response), route};
}

std::optional<Answer> AdminApi::refuse_early(HttpHeader const& header) const {
    auto const route = locate(header);
    auto refused = refuse_header(header, route);
    if (!refused) return std::nullopt;
    log_if_forbidden(header, *refused);
    return Answer{std::move(*refused), route};
}

Answer AdminApi::refuse(Error error, HttpHeader const* header) {
    auto const route = header != nullptr ? locate(*header) : Route::unknown;
    if (error.code == ErrorCode::body_too_large) {
        deps_.metrics.limit_hit(route == Route::ticks ? Limit::push_body_max
                                                      : Limit::max_body_bytes);
    }
    if (auto const limit = facts(error.code).effects.limit_of_reading) {
        deps_.metrics.limit_hit(*limit);
    }
    return Answer{problem_response(error), route};
}

void AdminApi::log_if_forbidden(HttpHeader const& header, HttpResponse const& refused) const {
    if (refused.result() != http::status::forbidden) return;
    log_refused_origin(origin_log_, "push_refused", header);
}

std::size_t AdminApi::body_limit(HttpHeader const& header) const {
    return locate(header) == Route::ticks ? deps_.settings.push_body_max
                                          : deps_.settings.max_body_bytes;
}

std::optional<Answer> AdminApi::grant_stream(HttpRequest const&) const {
    return std::nullopt;
}

void AdminApi::start_stream(HandedSocket, HttpRequest, HttpResponse) {
    TICKCAST_CHECK(false, "the admin listener has no streams");
}

std::optional<HttpResponse> AdminApi::refuse_header(HttpHeader const& header, Route route) const {
    auto const target = to_std(header.target());
    if (target == kServerAsAWhole && header.method() == http::verb::options) {
        auto response = empty_response();
        response.set(http::field::allow, "GET, HEAD, POST, OPTIONS");
        return response;
    }
    if (route == Route::unknown)
        return refusal(ErrorCode::no_such_route, "this listener has no such path");
    bool const is_push = route == Route::ticks;
    bool const allowed =
        is_push ? header.method() == http::verb::post
                : header.method() == http::verb::get || header.method() == http::verb::head;
    if (!allowed) return method_not_allowed(is_push ? "POST" : "GET, HEAD");
    return is_push ? refuse_push(header) : std::nullopt;
}

/// Who may not push is told so whatever is sent. A page that some browser shows can reach a
/// loopback address: it is known by its Origin or, after a change of its name's address, by its
/// Host. A token says more than a Host does.
std::optional<HttpResponse> AdminApi::refuse_push(HttpHeader const& header) const {
    if (header.count(http::field::origin) > 0) {
        return refusal(ErrorCode::origin_not_allowed,
                       "web pages must not push ticks: " + origin_and_host(header));
    }
    if (!deps_.push_token.empty()) {
        if (!same_secret(bearer(header), deps_.push_token)) {
            return refusal(ErrorCode::unauthorized, "send Authorization: Bearer with the token");
        }
        return refuse_content(header);
    }
    auto const asked = asked_authority(header);
    auto const host = asked ? host_without_port(*asked) : std::nullopt;
    if (!host || (!is_loopback_host(*host) && *host != own_host_)) {
        return refusal(
            ErrorCode::host_not_allowed,
            "Host must be localhost, a loopback address or that of --admin-listen, not " +
                asked_host(header));
    }
    return refuse_content(header);
}

std::optional<HttpResponse> AdminApi::refuse_content(HttpHeader const& header) {
    if (!is_unencoded(header)) return coding_not_supported();
    if (!push_format(header)) {
        return refusal(ErrorCode::unsupported_media_type,
                       "send application/x-ndjson or application/json");
    }
    return std::nullopt;
}

HttpResponse AdminApi::answer(HttpRequest const& request, Route route) {
    switch (route) {
        case Route::metrics:
            return text_response("text/plain; version=0.0.4; charset=utf-8", deps_.metrics_text());
        case Route::livez:
        case Route::healthz: {
            bool const alive = deps_.alive();
            return status_response(alive, {{"alive", alive}});
        }
        case Route::readyz: {
            auto const state = deps_.readiness();
            return status_response(
                state.ready,
                {{"ready", state.ready}, {"reason", state.reason}, {"feed", state.feed}});
        }
        case Route::ticks:
            return push(request);
        default:
            return refusal(ErrorCode::internal, "this request failed here");
    }
}

HttpResponse AdminApi::push(HttpRequest const& request) {
    auto const format = push_format(request);
    TICKCAST_CHECK(format.has_value(), "refuse_push comes first");
    return answer_to_push(deps_.push.push(request.body(), *format));
}

Awaitable<HttpResponse> AdminApi::push_in_slices(HttpRequest const& request) {
    auto const format = push_format(request);
    TICKCAST_CHECK(format.has_value(), "refuse_push comes first");
    auto const accepted = co_await deps_.push.push_in_slices(request.body(), *format);
    co_return answer_to_push(accepted);
}

HttpResponse AdminApi::answer_to_push(Result<std::size_t> const& accepted) {
    if (!accepted) {
        if (accepted.error().code == ErrorCode::too_many_tickers)
            deps_.metrics.limit_hit(Limit::max_known_tickers);
        return problem_response(accepted.error());
    }
    return json_response(http::status::accepted,
                         "{\"accepted\":" + std::to_string(*accepted) + '}');
}

}  // namespace tickcast
