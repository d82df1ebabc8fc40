#include "tickcast/api/public_api.hpp"

#include "api/session_routes.hpp"
#include "api/tickers_query.hpp"
#include "tickcast/http/fields.hpp"
#include "tickcast/http/handshake.hpp"
#include "tickcast/http/negotiation.hpp"
#include "tickcast/http/refusals.hpp"
#include "tickcast/http/response.hpp"
#include "tickcast/http/static_routes.hpp"
#include "tickcast/http/target.hpp"
#include "tickcast/protocol/event_text.hpp"
#include "tickcast/session/session_tickers.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>

namespace tickcast {

namespace {

/// What `OPTIONS *` names: no path takes any other.
constexpr std::string_view kAllMethods = "GET, HEAD, POST, PATCH, DELETE, OPTIONS";

HttpResponse draining() {
    return problem_response(draining_error());
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

HttpResponse preflight(std::string_view methods) {
    auto response = empty_response();
    response.set(http::field::allow, methods);
    response.set(http::field::access_control_allow_methods, methods);
    // What our clients send is named, for older browsers; the wildcard covers the rest where no
    // credentials are sent, and we use none.
    response.set(http::field::access_control_allow_headers, "Content-Type, Last-Event-ID, *");
    response.set(http::field::access_control_max_age, "86400");
    return response;
}

HttpResponse health(std::string_view member, bool good, std::string_view reason) {
    std::string body{"{\""};
    body.append(member).append(good ? "\":true" : "\":false");
    if (!good && !reason.empty()) body.append(",\"reason\":\"").append(reason) += '"';
    return json_response(good ? http::status::ok : http::status::service_unavailable, body + '}');
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
    StaticTarget target{};       ///< of the page
};

PublicApi::Place PublicApi::locate(HttpHeader const& header) const {
    constexpr std::string_view kRead = "GET, HEAD, OPTIONS";
    auto const path = split_target(to_std(header.target())).path;
    auto const id_of = [path](Route route) {
        auto const begin = prefix(route);
        auto const id = path.starts_with(begin) ? path.substr(begin.size()) : std::string_view{};
        return id.find('/') == std::string_view::npos ? id : std::string_view{};
    };
    if (path == name(Route::sessions)) return {Route::sessions, {}, "POST, OPTIONS"};
    if (path == kServerAsAWhole) return {Route::unknown, {}, "OPTIONS"};
    if (path == name(Route::readyz)) return {Route::readyz, {}, kRead};
    if (path == name(Route::livez)) return {Route::livez, {}, kRead};
    if (path == name(Route::tickers)) return {Route::tickers, {}, kRead};
    if (path == name(Route::quotes)) return {Route::quotes, {}, kRead};
    if (auto const id = id_of(Route::session); !id.empty()) {
        return {Route::session, id, "GET, HEAD, PATCH, DELETE, OPTIONS"};
    }
    if (auto const id = id_of(Route::stream); !id.empty()) return {Route::stream, id, kRead};
    if (deps_.page == nullptr) return path == "/" ? Place{Route::static_file, {}, kRead} : Place{};
    auto const target = deps_.page->find(path);
    return target ? Place{Route::static_file, {}, kRead, target} : Place{};
}

PublicApi::PublicApi(Dependencies dependencies)
    : deps_(std::move(dependencies)),
      origins_(deps_.settings.allow_origins),
      listing_(deps_.tickers) {}

Awaitable<Answer> PublicApi::handle(HttpRequest const& request, ConnectionSlot const& client) {
    auto const place = locate(request);
    Answer answered{.route = place.route};
    if (auto refused = refuse_header(request, place)) {
        log_if_origin(request);
        answered.response = std::move(*refused);
    } else if (place.route == Route::quotes && request.method() != http::verb::options) {
        std::string query{split_target(to_std(request.target())).query};
        answered.response = co_await show_quotes(std::move(query));
    } else if (place.route == Route::tickers && request.method() != http::verb::options) {
        answered.response = co_await list_tickers();
    } else if (place.target && request.method() != http::verb::options) {
        answered = static_answer(place.target, request);
    } else {
        answered.response = answer(request, place, client);
    }
    origins_.mark(answered.response, &request);
    co_return answered;
}

std::optional<Answer> PublicApi::refuse_early(HttpHeader const& header) const {
    auto const place = locate(header);
    auto refused = refuse_header(header, place);
    if (!refused) return std::nullopt;
    log_if_origin(header);
    origins_.mark(*refused, &header);
    return Answer{std::move(*refused), place.route};
}

Answer PublicApi::refuse(Error error, HttpHeader const* header) {
    if (error.code == ErrorCode::body_too_large) deps_.metrics.limit_hit(Limit::max_body_bytes);
    if (auto const limit = facts(error.code).effects.limit_of_reading) {
        deps_.metrics.limit_hit(*limit);
    }
    Answer answer{problem_response(error),
                  header != nullptr ? locate(*header).route : Route::unknown};
    origins_.mark(answer.response, header);
    return answer;
}

/// Of what is refused for several reasons the origin comes first.
void PublicApi::log_if_origin(HttpHeader const& header) const {
    if (!origins_.admits(header)) log_refused_origin(origin_log_, "origin_refused", header);
}

bool PublicApi::answers_always(HttpHeader const& header) const {
    auto const route = locate(header).route;
    return route == Route::readyz || route == Route::livez;
}

std::size_t PublicApi::body_limit(HttpHeader const&) const {
    return deps_.settings.max_body_bytes;
}

std::optional<Answer> PublicApi::grant_stream(HttpRequest const& request) const {
    auto const place = locate(request);
    if (place.route != Route::stream || request.method() != http::verb::get ||
        refuse_header(request, place)) {
        return std::nullopt;
    }
    // Of a WebSocket the answer is made by its handshake.
    if (check_handshake(request) == Handshake::fine) {
        return Answer{HttpResponse{http::status::switching_protocols, 11}, Route::stream};
    }
    auto const id = SessionId::parse(place.id);
    auto const continued =
        id ? continued_generation(last_event_id(request), place.id) : std::nullopt;
    if (continued && deps_.sessions.displaced(*id, *continued)) return std::nullopt;
    Answer granted{event_stream_head(), Route::stream};
    origins_.mark(granted.response, &request);
    return granted;
}

void PublicApi::start_stream(HandedSocket handed, HttpRequest request, HttpResponse head) {
    deps_.start_stream(std::move(handed), std::move(request), std::move(head));
}

std::optional<HttpResponse> PublicApi::refuse_header(HttpHeader const& header,
                                                     Place const& place) const {
    if (!origins_.admits(header)) {
        return refusal(
            ErrorCode::origin_not_allowed,
            origin_and_host(header) + " differ, and --allow-origin does not list this origin");
    }
    if (place.methods.empty())
        return refusal(ErrorCode::no_such_route, "this listener has no such path");
    if (!allows(place.methods, to_std(header.method_string()))) {
        return method_not_allowed(place.methods);
    }
    if (header.method() == http::verb::options) return std::nullopt;
    if (place.route == Route::stream) return refuse_stream(header, place);
    if (place.route == Route::sessions) {
        if (deps_.draining.load(std::memory_order_relaxed)) return draining();  // CONTRACT SIG-2
    }
    bool const has_body = place.route == Route::sessions || header.method() == http::verb::patch;
    if (has_body && !is_unencoded(header)) return coding_not_supported();
    if (has_body && !is_json_or_absent(header)) {
        return refusal(ErrorCode::unsupported_media_type, "send application/json");
    }
    return std::nullopt;
}

std::optional<HttpResponse> PublicApi::refuse_stream(HttpHeader const& header,
                                                     Place const& place) const {
    auto const id = SessionId::parse(place.id);
    if (!id || !deps_.sessions.contains(*id)) return no_such_session();
    if (deps_.draining.load(std::memory_order_relaxed)) return draining();
    auto const handshake = check_handshake(header);
    if (handshake == Handshake::fine) return std::nullopt;
    if (handshake == Handshake::not_asked && header.method() == http::verb::get &&
        accepts_event_stream(header)) {
        return std::nullopt;
    }
    if (handshake == Handshake::malformed) {
        return refusal(ErrorCode::bad_request,
                       "not a WebSocket handshake (RFC 6455 section 4.2.1)");
    }
    auto response =
        refusal(ErrorCode::upgrade_required,
                "a stream is a WebSocket, or with Accept: text/event-stream a response");
    response.set(http::field::upgrade, "websocket");
    response.set(http::field::connection, "upgrade");
    if (handshake == Handshake::other_version) {
        response.set(http::field::sec_websocket_version, "13");
    }
    return response;
}

HttpResponse PublicApi::answer(HttpRequest const& request, Place const& place,
                               ConnectionSlot const& client) {
    if (request.method() == http::verb::options) {
        bool const all = to_std(request.target()) == kServerAsAWhole;
        return preflight(all ? kAllMethods : place.methods);
    }
    switch (place.route) {
        case Route::sessions:
            return post_session(deps_, request.body(), client);
        case Route::session:
            if (request.method() == http::verb::delete_) return delete_session(deps_, place.id);
            if (request.method() == http::verb::patch) {
                return patch_session(deps_, place.id, request.body());
            }
            return get_session(deps_, place.id);
        case Route::readyz:
            return health("ready", !deps_.draining.load(std::memory_order_relaxed),
                          name(ErrorCode::draining));
        case Route::livez:
            return health("live", !deps_.alive || deps_.alive(), {});
        case Route::static_file:
            return welcome();
        case Route::stream:
            // One that comes back after it was displaced: nothing else is neither granted nor
            // refused.
            return stay_away_response();
        default:
            return refusal(ErrorCode::internal, "this request failed here");
    }
}

/// In steps, and others' requests in between; all who wait do the steps of one listing.
Awaitable<HttpResponse> PublicApi::list_tickers() {
    auto const wanted = deps_.tickers.known_count();
    while (!listing_.covers(wanted)) {
        listing_.step();
        co_await asio::post(co_await asio::this_coro::executor, use_await);
    }
    co_return json_response(http::status::ok, listing_.text());
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

}  // namespace tickcast
