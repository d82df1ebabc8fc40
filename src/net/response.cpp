#include "tickcast/net/response.hpp"

#include <boost/beast/http/write.hpp>
#include <nlohmann/json.hpp>

#include <cstdio>
#include <ctime>
#include <sstream>
#include <utility>

namespace tickcast {

namespace {

/// Seconds after which it makes sense to come back (CONTRACT ERR-6); 0 for errors that time
/// does not mend.
unsigned retry_after_seconds(ErrorCode code) noexcept {
    switch (code) {
        case ErrorCode::rate_limited:
            return 1;  // a bucket is full again after a second
        case ErrorCode::draining:
            return 5;  // the balancer has noticed by then, or the successor is up
        case ErrorCode::at_capacity:
        case ErrorCode::too_many_sessions:
        case ErrorCode::too_many_connections:
            return 10;  // a third of the time a pending or detached session lives
        default:
            return 0;
    }
}

/// IMF-fixdate (RFC 9110 section 5.6.7). Not strftime: its names follow the locale.
std::string http_date(std::time_t now) {
    static constexpr char kDays[] = "SunMonTueWedThuFriSat";
    static constexpr char kMonths[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    std::tm utc{};
    gmtime_r(&now, &utc);
    char text[64];
    int const length = std::snprintf(text, sizeof text, "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT",
                                     kDays + 3 * utc.tm_wday, utc.tm_mday, kMonths + 3 * utc.tm_mon,
                                     utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec);
    return {text, static_cast<std::size_t>(length)};
}

HttpResponse make_response(http::status status, std::string const& content_type, std::string body) {
    HttpResponse response{status, 11};
    response.set(http::field::content_type, content_type);
    // Prices, sessions and health are of the moment.
    response.set(http::field::cache_control, "no-store");
    response.set("X-Content-Type-Options", "nosniff");
    response.body() = std::move(body);
    return response;
}

/// 304 may say the length of what it stands for, but then caches may expect as much.
bool has_no_length(http::status status) noexcept {
    return status == http::status::no_content || status == http::status::not_modified;
}

}  // namespace

HttpResponse json_response(http::status status, std::string body) {
    return make_response(status, "application/json", std::move(body));
}

HttpResponse text_response(std::string const& content_type, std::string body) {
    return make_response(http::status::ok, content_type, std::move(body));
}

HttpResponse empty_response() {
    return HttpResponse{http::status::no_content, 11};
}

HttpResponse problem_response(Error const& error) {
    auto const status = http_status(error.code);
    nlohmann::ordered_json problem{
        {"type", "urn:tickcast:problem:" + std::string{name(error.code)}},
        {"title", title(error.code)},
        {"status", status}};
    if (!error.detail.empty()) problem["detail"] = error.detail;
    problem["code"] = name(error.code);
    if (!error.tickers.empty()) problem["tickers"] = error.tickers;
    if (error.limit) problem["limit"] = *error.limit;
    if (error.line) problem["line"] = *error.line;

    // What a client sent may be no UTF-8; it must not break our JSON.
    auto body = problem.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
    auto response = make_response(static_cast<http::status>(status), "application/problem+json",
                                  std::move(body));
    if (!error.allow.empty()) response.set(http::field::allow, error.allow);
    if (auto const seconds = retry_after_seconds(error.code); seconds > 0) {
        response.set(http::field::retry_after, std::to_string(seconds));
    }
    if (error.code == ErrorCode::unauthorized) {
        response.set(http::field::www_authenticate, "Bearer");  // RFC 9110 section 11.6.1
    }
    if (error.code == ErrorCode::bad_request || error.code == ErrorCode::request_timeout) {
        response.keep_alive(false);
    }
    return response;
}

void finish_response(HttpResponse& response, Exchange exchange) {
    bool const keep_alive = exchange.keep_alive && response.keep_alive();
    response.version(exchange.version);
    response.keep_alive(keep_alive);
    response.set(http::field::date, http_date(std::time(nullptr)));
    if (has_no_length(response.result())) return;
    response.content_length(response.body().size());
    if (exchange.method == http::verb::head) response.body().clear();
}

void finish_answer(Answer& answer, Exchange exchange) {
    finish_response(answer.response, exchange);
    if (answer.shared_body.empty()) return;
    answer.response.content_length(answer.shared_body.size());
    if (exchange.method == http::verb::head) answer.shared_body = {};
}

std::string endless_head(HttpResponse response) {
    response.keep_alive(false);
    response.set(http::field::date, http_date(std::time(nullptr)));
    std::ostringstream text;
    text << response.base();
    return std::move(text).str();
}

}  // namespace tickcast
