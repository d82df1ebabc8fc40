// Requests and answers as handlers see them: Beast's messages, no sockets. Values. Owner: the
// HttpConnection, on its thread. Bounds: HttpLimits and the body limit of the request's route.
#pragma once

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include <string_view>

namespace tickcast {

namespace http = boost::beast::http;

using HttpHeader = http::request_header<>;
using HttpRequest = http::request<http::string_body>;
using HttpResponse = http::response<http::string_body>;

/// An answer as handlers give it, with its whole body for HEAD too. The connection adds the fields
/// that concern the message itself (finish_answer).
struct Answer {
    HttpResponse response{};
    /// If not empty, this body is sent in place of the response's. Many answers share it, so it is
    /// sent without a copy. Outlives every connection.
    std::string_view shared_body{};
};

}  // namespace tickcast
