#include "tickcast/net/public_api.hpp"

#include "net/fields.hpp"
#include "net/handshake.hpp"
#include "net/json_body.hpp"
#include "net/target.hpp"
#include "tickcast/net/response.hpp"
#include "tickcast/net/session_tickers.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace tickcast {

namespace {

constexpr std::string_view kSessions = "/v1/sessions";
constexpr std::string_view kSessionPrefix = "/v1/sessions/";
constexpr std::string_view kStreamPrefix = "/v1/stream/";

HttpResponse refusal(ErrorCode code, std::string detail) {
    return problem_response(Error{.code = code, .detail = std::move(detail)});
}

HttpResponse no_such_session() {
    return refusal(ErrorCode::no_such_session, "it expired, was deleted, or never was");
}

HttpResponse draining() {
    return refusal(ErrorCode::draining, "this server is about to stop");
}

/// Whether a comma-separated list of methods names this one.
bool allows(std::string_view list, std::string_view method) {
    for (std::size_t begin = 0; begin < list.size();) {
        auto const end = std::min(list.find(", ", begin), list.size());
        if (list.substr(begin, end - begin) == method) return true;
        begin = end + 2;
    }
    return false;
}

void allow_any_origin(HttpResponse& response) {
    response.set(http::field::access_control_allow_origin, "*");
    response.set(http::field::access_control_expose_headers, "Location, Retry-After");
}

HttpResponse preflight(std::string_view methods) {
    auto response = empty_response();
    response.set(http::field::allow, methods);
    response.set(http::field::access_control_allow_methods, methods);
    // The wildcard covers the rest where no credentials are sent, and we use none.
    response.set(http::field::access_control_allow_headers, "Content-Type, *");
    response.set(http::field::access_control_max_age, "86400");
    return response;
}

HttpResponse welcome() {
    return text_response(
        "text/plain; charset=utf-8",
        "Tickcast: live prices. README.md and docs/ in its sources say how; begin with "
        "POST /v1/sessions.\n");
}

bool is_json_or_absent(HttpHeader const& header) {
    auto const type = media_type(header);
    return !type || *type == "application/json";
}

}  // namespace

/// Where a request goes.
struct PublicApi::Place {
    Route route{Route::unknown};
    std::string_view id{};       ///< of a session; a view into the request's target
    std::string_view methods{};  ///< as in Allow; empty for no such path
};

PublicApi::Place PublicApi::locate(HttpHeader const& header) {
    constexpr std::string_view kRead = "GET, HEAD, OPTIONS";
    auto const path = split_target(to_std(header.target())).path;
    auto const id_after = [path](std::string_view prefix) {
        auto const id = path.starts_with(prefix) ? path.substr(prefix.size()) : std::string_view{};
        return id.find('/') == std::string_view::npos ? id : std::string_view{};
    };
    if (path == kSessions) return {Route::sessions, {}, "POST, OPTIONS"};
    if (path == "/v1/tickers") return {Route::tickers, {}, kRead};
    if (path == "/v1/quotes") return {Route::quotes, {}, kRead};
    if (path == "/") return {Route::static_file, {}, kRead};
    if (auto const id = id_after(kSessionPrefix); !id.empty()) {
        return {Route::session, id, "GET, HEAD, PATCH, DELETE, OPTIONS"};
    }
    if (auto const id = id_after(kStreamPrefix); !id.empty()) return {Route::stream, id, kRead};
    return {};
}

Awaitable<Answer> PublicApi::handle(HttpRequest const& request) {
    auto const place = locate(request);
    HttpResponse response;
    if (auto refused = refuse_header(request, place)) {
        response = std::move(*refused);
    } else if (place.route == Route::quotes && request.method() != http::verb::options) {
        std::string query{split_target(to_std(request.target())).query};
        response = co_await show_quotes(std::move(query));
    } else {
        response = answer(request, place);
    }
    allow_any_origin(response);
    co_return Answer{std::move(response), place.route};
}

std::optional<Answer> PublicApi::refuse_early(HttpHeader const& header) const {
    auto const place = locate(header);
    auto refused = refuse_header(header, place);
    if (!refused) return std::nullopt;
    allow_any_origin(*refused);
    return Answer{std::move(*refused), place.route};
}

Answer PublicApi::refuse(Error error, HttpHeader const* header) {
    if (error.code == ErrorCode::body_too_large) deps_.metrics.limit_hit(Limit::max_body_bytes);
    if (error.code == ErrorCode::headers_too_large) {
        deps_.metrics.limit_hit(Limit::max_header_bytes);
    }
    Answer answer{problem_response(error),
                  header != nullptr ? locate(*header).route : Route::unknown};
    allow_any_origin(answer.response);
    return answer;
}

std::size_t PublicApi::body_limit(HttpHeader const&) const {
    return deps_.settings.max_body_bytes;
}

bool PublicApi::is_stream(HttpRequest const& request) const {
    auto const place = locate(request);
    return place.route == Route::stream && request.method() == http::verb::get &&
           !refuse_header(request, place);
}

void PublicApi::start_stream(ClientSocket socket, HttpRequest request, std::string read_ahead) {
    deps_.start_stream(std::move(socket), std::move(request), std::move(read_ahead));
}

std::optional<HttpResponse> PublicApi::refuse_header(HttpHeader const& header,
                                                     Place const& place) const {
    if (place.methods.empty())
        return refusal(ErrorCode::no_such_route, "this listener has no such path");
    if (!allows(place.methods, to_std(header.method_string()))) {
        std::string const allow{place.methods};
        return problem_response(Error{.code = ErrorCode::method_not_allowed,
                                      .detail = "this path allows " + allow,
                                      .allow = allow});
    }
    if (header.method() == http::verb::options) return std::nullopt;
    if (place.route == Route::stream) return refuse_stream(header, place);
    if (place.route == Route::sessions) {
        if (deps_.draining.load(std::memory_order_relaxed)) return draining();
    }
    bool const has_body = place.route == Route::sessions || header.method() == http::verb::patch;
    if (has_body && !is_json_or_absent(header)) {
        return refusal(ErrorCode::unsupported_media_type, "send application/json");
    }
    return std::nullopt;
}

std::optional<HttpResponse> PublicApi::refuse_stream(HttpHeader const& header,
                                                     Place const& place) const {
    auto const id = SessionId::parse(place.id);
    if (!id || !deps_.sessions.get(*id)) return no_such_session();
    if (deps_.draining.load(std::memory_order_relaxed)) return draining();
    auto const handshake = check_handshake(header);
    if (handshake == Handshake::fine) return std::nullopt;
    if (handshake == Handshake::malformed) {
        return refusal(ErrorCode::bad_request,
                       "not a WebSocket handshake (RFC 6455 section 4.2.1)");
    }
    auto response = refusal(ErrorCode::upgrade_required, "a stream is a WebSocket");
    response.set(http::field::upgrade, "websocket");
    response.set(http::field::connection, "upgrade");
    if (handshake == Handshake::other_version) {
        response.set(http::field::sec_websocket_version, "13");
    }
    return response;
}

HttpResponse PublicApi::answer(HttpRequest const& request, Place const& place) {
    if (request.method() == http::verb::options) return preflight(place.methods);
    switch (place.route) {
        case Route::sessions:
            return create_session(request.body());
        case Route::session:
            if (request.method() == http::verb::delete_) return delete_session(place.id);
            if (request.method() == http::verb::patch) {
                return change_session(place.id, request.body());
            }
            return show_session(place.id);
        case Route::tickers:
            return list_tickers();
        case Route::static_file:
            return welcome();
        default:
            // A stream whose handshake is fine is not asked for here (is_stream).
            return refusal(ErrorCode::internal, "this request failed here");
    }
}

HttpResponse PublicApi::create_session(std::string_view body) {
    auto spec = parse_session_body(body);
    if (!spec) return problem_response(spec.error());
    auto ids = resolve_tickers(spec->tickers, ticker_rules(), deps_.tickers, deps_.metrics);
    if (!ids) return problem_response(ids.error());

    auto session = deps_.sessions.create(std::move(*ids), spec->throttle_ms);
    if (!session) {
        if (session.error().code == ErrorCode::at_capacity) {
            deps_.metrics.limit_hit(Limit::max_sessions);
        }
        return problem_response(session.error());
    }
    auto response = json_response(http::status::created, session_json(*session));
    response.set(http::field::location, std::string{kSessionPrefix} + session->id.str());
    return response;
}

HttpResponse PublicApi::show_session(std::string_view text) const {
    auto const id = SessionId::parse(text);
    auto const session = id ? deps_.sessions.get(*id) : std::nullopt;
    if (!session) return no_such_session();
    return json_response(http::status::ok, session_json(*session));
}

TickerRules PublicApi::ticker_rules() const {
    return {.max_tickers = deps_.settings.max_tickers_per_session,
            .accept_unknown = deps_.accept_unknown_tickers};
}

HttpResponse PublicApi::change_session(std::string_view text, std::string_view body) {
    auto const id = SessionId::parse(text);
    if (!id || !deps_.sessions.get(*id)) return no_such_session();
    auto const patch = parse_patch_body(body);
    if (!patch) return problem_response(patch.error());
    auto const session = tickcast::change_session(deps_.sessions, *id, *patch, ticker_rules(),
                                                  deps_.tickers, deps_.metrics);
    if (!session) return problem_response(session.error());
    if (session->stream) deps_.stream_changed(*session->stream);
    return json_response(http::status::ok, session_json(*session));
}

HttpResponse PublicApi::delete_session(std::string_view text) {
    auto const id = SessionId::parse(text);
    if (!id) return no_such_session();
    auto const removal = deps_.sessions.remove(*id);
    if (!removal.found) return no_such_session();
    if (removal.streaming) deps_.close_stream(*removal.streaming, CloseCode::deleted);
    return empty_response();
}

HttpResponse PublicApi::list_tickers() const {
    // No character of a ticker needs escaping in JSON.
    std::string body{"{\"tickers\":["};
    for (auto const& ticker : deps_.tickers.known()) {
        body.append(body.back() == '[' ? "\"" : ",\"").append(ticker.view()).push_back('"');
    }
    body.append("]}");
    return json_response(http::status::ok, std::move(body));
}

Awaitable<HttpResponse> PublicApi::show_quotes(std::string query) {
    auto names = parse_tickers_query(query);
    if (!names) co_return problem_response(names.error());
    auto tickers = parse_tickers(*names);
    if (!tickers) co_return problem_response(tickers.error());
    if (tickers->size() > kMaxQuotes) {
        co_return problem_response(Error{.code = ErrorCode::bad_query,
                                         .detail = "more tickers than one call may ask for",
                                         .limit = kMaxQuotes});
    }
    std::vector<TickerId> ids;
    for (auto const& ticker : *tickers) {
        if (auto const id = deps_.tickers.find_known(ticker)) ids.push_back(*id);
    }
    std::string quotes{"[]"};
    if (!ids.empty()) quotes = co_await deps_.quotes(std::move(ids));
    co_return json_response(http::status::ok, "{\"quotes\":" + quotes + '}');
}

std::string PublicApi::session_json(SessionView const& session) const {
    nlohmann::ordered_json json{{"session_id", session.id.str()},
                                {"tickers", nlohmann::ordered_json::array()},
                                {"throttle_ms", session.throttle_ms},
                                {"state", name(session.state)},
                                {"stream_url", std::string{kStreamPrefix} + session.id.str()}};
    for (auto const id : session.tickers.ids())
        json["tickers"].push_back(deps_.tickers.name(id).view());
    if (session.state != SessionState::streaming) json["expires_at"] = session.expires_at_us;
    return json.dump();
}

}  // namespace tickcast
