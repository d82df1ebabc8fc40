// What a listener does with the requests of its connections. Every request goes through the same
// steps: it is routed, it is admitted or refused by its header, then it becomes a stream or is
// handled. Owner: the owner of the HttpConnections, on their thread. Bound: each handler has its
// own.
#pragma once

#include "tickcast/http/refusal.hpp"
#include "tickcast/http/route_table.hpp"
#include "tickcast/http/stream_grant.hpp"
#include "tickcast/runtime/executor.hpp"

#include <optional>

namespace tickcast {

/// The result for a request that is not refused by its header.
struct Admission {
    std::optional<StreamGrant> stream{};  ///< set: it becomes this stream, and is not handled
};

/// Used only on the thread of its connections; outlives them.
class HttpHandler {
public:
    virtual ~HttpHandler() = default;

    /// Finds the row that serves a request; called once per request. The header might be malformed
    /// and be refused later, or only its request line might have been read.
    virtual Routed route(HttpHeader const& header) const = 0;

    /// Admits or refuses a request by its header, whatever its body contains. Called once the
    /// request has been read. Called earlier where the client waits for `100 Continue`, and where
    /// the body is too large: there a 404 or 403 is more useful to the client than a 413.
    virtual Result<Admission, Refusal> admit(HttpHeader const& header,
                                             Routed const& routed) const = 0;

    /// Answers a request that was just admitted. It can wait for the control thread; the handler
    /// itself bounds that wait. The request and its client's slot outlive the call.
    virtual Awaitable<Outcome> handle(HttpRequest const& request, Routed const& routed,
                                      ConnectionSlot const& client) = 0;

    /// Counts and logs a refused request: one that `admit` or `handle` refused, or one that could
    /// not be read. The limits of connections are counted elsewhere, where they are hit. `header`
    /// is null where not even the request line could be read.
    virtual void refused(Refusal const& refusal, HttpHeader const* header,
                         Routed const& routed) = 0;

    /// Adds the header fields that all answers of this listener have, refusals included.
    virtual void mark(HttpResponse& response, HttpHeader const* header) const = 0;
};

}  // namespace tickcast
