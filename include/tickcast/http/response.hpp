// Makes HTTP answers: JSON, text, empty, and problem+json from an Error. Pure functions.
#pragma once

#include "tickcast/http/http_types.hpp"
#include "tickcast/http/refusal.hpp"

#include <string>

namespace tickcast {

HttpResponse json_response(http::status status, std::string body);
HttpResponse text_response(std::string const& content_type, std::string body);
/// 204, which has neither body nor Content-Length (RFC 9110 section 8.6).
HttpResponse empty_response();

/// RFC 9457: type, title, status, detail, code, and tickers, limit, line where the error has them;
/// with the refusal's own fields, WWW-Authenticate for 401, Retry-After for 429 and 503, and
/// Connection: close for 400 bad_request and 408.
HttpResponse problem_response(Refusal const& refusal);

/// What an answer takes from its request.
struct Exchange {
    http::verb method{http::verb::get};
    unsigned version{11};
    bool keep_alive{true};
};

/// Completes an answer for the wire: version, Connection, Date, Content-Length; drops the body for
/// HEAD but keeps its length (RFC 9110 section 9.3.2). The connection stays only if the answer
/// agrees: see `response.keep_alive()` afterwards. 204 and 304 get no length (section 8.6).
void finish_response(HttpResponse& response, Exchange exchange);
/// The same where the body may be a shared one.
void finish_answer(Answer& answer, Exchange exchange);
/// 204, to whom another connection has displaced: an EventSource stays away for good.
HttpResponse stay_away_response();
/// The 200 of a stream of events, without what concerns the message itself.
HttpResponse event_stream_head();
/// The head, as sent, of an answer whose body ends with the connection.
std::string endless_head(HttpResponse response);

}  // namespace tickcast
