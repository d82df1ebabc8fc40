#include "api/session_routes.hpp"

#include "tickcast/http/response.hpp"
#include "tickcast/protocol/session_body.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace tickcast {

namespace {

std::string session_json(SessionContext const& context, SessionView const& session) {
    auto const id = session.id.str();
    nlohmann::ordered_json json{{"session_id", id},
                                {"tickers", nlohmann::ordered_json::array()},
                                {"throttle_ms", session.throttle_ms},
                                {"state", name(session.state)},
                                {"stream_url", path_of(kStreamPattern, id)}};
    for (auto const ticker : session.tickers.ids())
        json["tickers"].push_back(context.tickers.name(ticker).view());
    if (session.state != SessionState::streaming) json["expires_at"] = session.expires_at_us;
    return json.dump();
}

Answer session_answer(http::status status, SessionContext const& context,
                      SessionView const& session) {
    return Answer{.response = json_response(status, session_json(context, session))};
}

}  // namespace

Refusal no_such_session() {
    return no_session_error();
}

Awaitable<Outcome> post_session(PublicApi::State& state, Call call) {
    auto const& context = state.deps.context;
    auto& metrics = state.deps.metrics;
    auto spec = parse_session_body(call.request.body());
    if (!spec) co_return Refusal{spec.error()};
    auto slot = call.client.open_session();
    if (!slot) {
        metrics.limit_hit(Limit::max_sessions_per_address);
        co_return Refusal{slot.error()};
    }
    auto ids = resolve_tickers(spec->tickers, context.ticker_rules(), context.tickers, metrics);
    if (!ids) co_return Refusal{ids.error()};

    auto const session =
        context.sessions.create(*std::move(ids), spec->throttle_ms, *std::move(slot));
    if (!session) {
        if (session.error().code == ErrorCode::at_capacity) {
            metrics.limit_hit(Limit::max_sessions);
        }
        co_return Refusal{session.error()};
    }
    auto answer = session_answer(http::status::created, context, *session);
    answer.response.set(http::field::location, path_of(kSessionPattern, session->id.str()));
    co_return answer;
}

Awaitable<Outcome> get_session(PublicApi::State& state, Call call) {
    auto const& context = state.deps.context;
    auto const id = SessionId::parse(call.routed.parameter);
    auto const session = id ? context.sessions.get(*id) : std::nullopt;
    if (!session) co_return no_such_session();
    co_return session_answer(http::status::ok, context, *session);
}

Awaitable<Outcome> patch_session(PublicApi::State& state, Call call) {
    auto const& context = state.deps.context;
    auto const id = SessionId::parse(call.routed.parameter);
    if (!id || !context.sessions.contains(*id)) co_return no_such_session();
    auto const patch = parse_patch_body(call.request.body());
    if (!patch) co_return Refusal{patch.error()};
    auto const session = change_session(context.sessions, *id, *patch, context.ticker_rules(),
                                        context.tickers, state.deps.metrics);
    if (!session) co_return Refusal{session.error()};
    if (session->stream) context.streams.session_changed(*session->stream);
    co_return session_answer(http::status::ok, context, *session);
}

Awaitable<Outcome> delete_session(PublicApi::State& state, Call call) {
    auto const& context = state.deps.context;
    auto const id = SessionId::parse(call.routed.parameter);
    if (!id) co_return no_such_session();
    auto const removal = context.sessions.remove(*id);
    if (!removal.found) co_return no_such_session();
    if (removal.streaming) context.streams.close(*removal.streaming, CloseCode::deleted);
    co_return Answer{.response = empty_response()};
}

}  // namespace tickcast
