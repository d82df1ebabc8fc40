// Requests and answers as handlers see them: a request in, a response out, no sockets.
#pragma once

#include "tickcast/protocol/error.hpp"
#include "tickcast/protocol/route.hpp"
#include "tickcast/runtime/executor.hpp"
#include "tickcast/session/address_quotas.hpp"
#include "tickcast/transport/client_socket.hpp"

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace tickcast {

namespace http = boost::beast::http;

using HttpHeader = http::request_header<>;
using HttpRequest = http::request<http::string_body>;
using HttpResponse = http::response<http::string_body>;

/// An answer and the route it is counted under. Handlers give it whole, for HEAD too: the
/// connection adds what concerns the message (finish_response).
struct Answer {
    HttpResponse response{};
    Route route{Route::unknown};
    /// Where not empty, the body in place of the response's: many answers' at once, so it is sent
    /// from where it is. Outlives every connection.
    std::string_view shared_body{};
};

/// A connection's socket on its way to a stream.
struct HandedSocket {
    ClientSocket socket;
    ConnectionSlot slot{};     ///< outlives the socket
    std::string read_ahead{};  ///< bytes read past the request
};

/// Answers one request. Used on its connections' own thread only; outlives them.
class HttpHandler {
public:
    virtual ~HttpHandler() = default;

    /// May wait for the control thread, and then bounds that wait itself. The request and its
    /// client's slot outlive the call.
    virtual Awaitable<Answer> handle(HttpRequest const& request, ConnectionSlot const& client) = 0;

    /// What `handle` would refuse whatever the body says; nothing if the body is wanted. Asked
    /// before `100 Continue`, and where the body is too large: a 404 or 403 then says more than a
    /// 413.
    virtual std::optional<Answer> refuse_early(HttpHeader const& header) const = 0;

    /// The answer to a request that could not be read (malformed, too slow, too large), whose
    /// client had too many, or whose `handle` threw. Counts limits, but for those of connections.
    /// `header` is null where not even the request line could be read.
    virtual Answer refuse(Error error, HttpHeader const* header) = 0;

    /// Whether this request, which has no body, is answered even where a limit of connections or
    /// requests would refuse it, or the listener is about to close: what a balancer judges by. The
    /// connection ends with that answer.
    virtual bool answers_always(HttpHeader const&) const { return false; }

    /// Largest body for this request's target (bytes), asked once its header has been read.
    virtual std::size_t body_limit(HttpHeader const& header) const = 0;

    /// A request that may become a stream now gets the head of its answer; the connection counts
    /// that, calls `start_stream` and is done. Where there is nothing, `handle` answers.
    virtual std::optional<Answer> grant_stream(HttpRequest const& request) const = 0;

    virtual void start_stream(HandedSocket handed, HttpRequest request, HttpResponse head) = 0;
};

}  // namespace tickcast
