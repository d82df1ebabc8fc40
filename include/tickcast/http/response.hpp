// Makes HTTP answers: JSON, text, empty, and problem+json from an Error. Pure functions; any
// thread.
#pragma once

#include "tickcast/http/http_types.hpp"
#include "tickcast/http/refusal.hpp"

#include <cstdint>
#include <string>

namespace tickcast {

HttpResponse json_response(http::status status, std::string body);
HttpResponse text_response(std::string const& content_type, std::string body);
/// 204, which has neither body nor Content-Length (RFC 9110 section 8.6).
HttpResponse empty_response();

/// An answer with problem details (RFC 9457): type, title, status, detail, code; also tickers,
/// limit and line where the error has them. Its header has the refusal's own fields,
/// WWW-Authenticate for 401, Retry-After for 429 and 503, and Connection: close for 400 bad_request
/// and 408.
HttpResponse problem_response(Refusal const& refusal);

/// What finishing an answer needs to know of its request, and of the moment.
struct Exchange {
    std::int64_t wall_us{0};  ///< for the Date
    http::verb method{http::verb::get};
    unsigned version{11};  ///< of the request
    bool keep_alive{true};
};

/// Completes an answer for the wire: our version, Connection, Date, Content-Length. For HEAD it
/// drops the body but keeps its length (RFC 9110 section 9.3.2). 204 and 304 get no length
/// (section 8.6). Afterwards `response.keep_alive()` says whether the connection stays: both the
/// request and the answer must allow it.
void finish_response(HttpResponse& response, Exchange exchange);
/// The same for an answer that can have a shared body.
void finish_answer(Answer& answer, Exchange exchange);
/// 204, for a client that another connection has displaced: an EventSource then stays away
/// permanently.
HttpResponse stay_away_response();
/// The 200 of a stream of events, without the fields that concern the message itself.
HttpResponse event_stream_head();
/// The head, as it is sent, of an answer whose body ends with the connection.
std::string endless_head(HttpResponse response, std::int64_t wall_us);

}  // namespace tickcast
