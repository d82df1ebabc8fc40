#include "api/session_routes.hpp"

#include "tickcast/http/refusals.hpp"
#include "tickcast/protocol/session_body.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace tickcast {

namespace {

TickerRules ticker_rules(PublicApi::Dependencies const& deps) {
    return {.max_tickers = deps.settings.max_tickers_per_session,
            .accept_unknown = deps.accept_unknown_tickers};
}

std::string session_json(PublicApi::Dependencies const& deps, SessionView const& session) {
    nlohmann::ordered_json json{
        {"session_id", session.id.str()},
        {"tickers", nlohmann::ordered_json::array()},
        {"throttle_ms", session.throttle_ms},
        {"state", name(session.state)},
        {"stream_url", std::string{prefix(Route::stream)} + session.id.str()}};
    for (auto const id : session.tickers.ids())
        json["tickers"].push_back(deps.tickers.name(id).view());
    if (session.state != SessionState::streaming) json["expires_at"] = session.expires_at_us;
    return json.dump();
}

}  // namespace

HttpResponse no_such_session() {
    return refusal(ErrorCode::no_such_session, "it expired, was deleted, or never was");
}

HttpResponse post_session(PublicApi::Dependencies const& deps, std::string_view body,
                          ConnectionSlot const& client) {
    auto spec = parse_session_body(body);
    if (!spec) return problem_response(spec.error());
    auto slot = client.take_session();
    if (!slot) {
        deps.metrics.limit_hit(Limit::max_sessions_per_address);
        return problem_response(slot.error());
    }
    auto ids = resolve_tickers(spec->tickers, ticker_rules(deps), deps.tickers, deps.metrics);
    if (!ids) return problem_response(ids.error());

    auto session = deps.sessions.create(*std::move(ids), spec->throttle_ms, *std::move(slot));
    if (!session) {
        if (session.error().code == ErrorCode::at_capacity) {
            deps.metrics.limit_hit(Limit::max_sessions);
        }
        return problem_response(session.error());
    }
    auto response = json_response(http::status::created, session_json(deps, *session));
    response.set(http::field::location, std::string{prefix(Route::session)} + session->id.str());
    return response;
}

HttpResponse get_session(PublicApi::Dependencies const& deps, std::string_view text) {
    auto const id = SessionId::parse(text);
    auto const session = id ? deps.sessions.get(*id) : std::nullopt;
    if (!session) return no_such_session();
    return json_response(http::status::ok, session_json(deps, *session));
}

HttpResponse patch_session(PublicApi::Dependencies const& deps, std::string_view text,
                           std::string_view body) {
    auto const id = SessionId::parse(text);
    if (!id || !deps.sessions.contains(*id)) return no_such_session();
    auto const patch = parse_patch_body(body);
    if (!patch) return problem_response(patch.error());
    auto const session =
        change_session(deps.sessions, *id, *patch, ticker_rules(deps), deps.tickers, deps.metrics);
    if (!session) return problem_response(session.error());
    if (session->stream) deps.stream_changed(*session->stream);
    return json_response(http::status::ok, session_json(deps, *session));
}

HttpResponse delete_session(PublicApi::Dependencies const& deps, std::string_view text) {
    auto const id = SessionId::parse(text);
    if (!id) return no_such_session();
    auto const removal = deps.sessions.remove(*id);
    if (!removal.found) return no_such_session();
    if (removal.streaming) deps.close_stream(*removal.streaming, CloseCode::deleted);
    return empty_response();
}

}  // namespace tickcast
