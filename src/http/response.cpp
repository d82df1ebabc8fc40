#include "tickcast/http/response.hpp"

#include <boost/beast/http/write.hpp>
#include <nlohmann/json.hpp>

#include <cstdio>
#include <ctime>
#include <sstream>
#include <utility>

namespace tickcast {

namespace {

constexpr unsigned kVersion = 11;  // HTTP/1.1, as Beast counts

/// IMF-fixdate (RFC 9110 section 5.6.7). It does not use strftime, whose names follow the locale.
std::string http_date(std::int64_t wall_us) {
    static constexpr char kDays[] = "SunMonTueWedThuFriSat";
    static constexpr char kMonths[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    std::time_t const now = wall_us / 1'000'000;
    std::tm utc{};
    gmtime_r(&now, &utc);
    char text[64];
    int const length = std::snprintf(text, sizeof text, "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT",
                                     kDays + 3 * utc.tm_wday, utc.tm_mday, kMonths + 3 * utc.tm_mon,
                                     utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec);
    return {text, static_cast<std::size_t>(length)};
}

HttpResponse make_response(http::status status, std::string const& content_type, std::string body) {
    HttpResponse response{status, kVersion};
    response.set(http::field::content_type, content_type);
    // Prices, sessions and health are true only for the moment.
    response.set(http::field::cache_control, "no-store");
    response.set("X-Content-Type-Options", "nosniff");
    response.body() = std::move(body);
    return response;
}

/// A 304 could have the length of the body that it stands for, but then some caches could wait for
/// that many bytes.
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
    return HttpResponse{http::status::no_content, kVersion};
}

HttpResponse problem_response(Refusal const& refusal) {
    auto const& error = refusal.error;
    auto const& row = facts(error.code);
    nlohmann::ordered_json problem{{"type", "urn:tickcast:problem:" + std::string{row.name}},
                                   {"title", row.title},
                                   {"status", row.status}};
    if (!error.detail.empty()) problem["detail"] = error.detail;
    problem["code"] = row.name;
    if (!error.tickers.empty()) problem["tickers"] = error.tickers;
    if (error.limit) problem["limit"] = *error.limit;
    if (error.line) problem["line"] = *error.line;

    // Text that a client sent might not be UTF-8. It must not break our JSON.
    auto body = problem.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
    auto response = make_response(static_cast<http::status>(row.status), "application/problem+json",
                                  std::move(body));
    for (auto const& field : refusal.fields)
        response.set(field.name, field.value);
    if (auto const seconds = row.effects.retry_after_s; seconds > 0) {
        response.set(http::field::retry_after, std::to_string(seconds));
    }
    if (error.code == ErrorCode::unauthorized) {
        response.set(http::field::www_authenticate, "Bearer");  // RFC 9110 section 11.6.1
    }
    if (row.effects.closes) response.keep_alive(false);
    return response;
}

void finish_response(HttpResponse& response, Exchange exchange) {
    bool const keep_alive = exchange.keep_alive && response.keep_alive();
    response.version(exchange.version);
    response.keep_alive(keep_alive);
    // An answer has our version, whatever version the client has (RFC 9110 section 6.2). For
    // HTTP/1.0 Connection says `keep-alive` or `close`.
    response.version(kVersion);
    if (!keep_alive) response.keep_alive(false);
    response.set(http::field::date, http_date(exchange.wall_us));
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

HttpResponse stay_away_response() {
    auto response = empty_response();
    // Caches can keep a 204 by default (RFC 9110 section 15.1), and would then give it to the next
    // stream too.
    response.set(http::field::cache_control, "no-store");
    return response;
}

HttpResponse event_stream_head() {
    auto response = text_response("text/event-stream", {});
    // A proxy that compresses would hold events back in its buffer; no-transform forbids that (RFC
    // 9111 section 5.2.2.6).
    response.set(http::field::cache_control, "no-store, no-transform");
    response.set("X-Accel-Buffering", "no");  // nginx then passes events on at once
    return response;
}

std::string endless_head(HttpResponse response, std::int64_t wall_us) {
    response.keep_alive(false);
    response.set(http::field::date, http_date(wall_us));
    std::ostringstream text;
    text << response.base();
    return std::move(text).str();
}

}  // namespace tickcast
