// Requests and answers as handlers see them: Beast's messages, and no sockets.
#pragma once

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include <string_view>

namespace tickcast {

namespace http = boost::beast::http;

using HttpHeader = http::request_header<>;
using HttpRequest = http::request<http::string_body>;
using HttpResponse = http::response<http::string_body>;

/// An answer as handlers give it: whole, for HEAD too. The connection adds what concerns the
/// message (finish_answer).
struct Answer {
    HttpResponse response{};
    /// Where not empty, the body in place of the response's: many answers' at once, so it is sent
    /// from where it is. Outlives every connection.
    std::string_view shared_body{};
};

}  // namespace tickcast
