// What a listener does with the requests of its connections. A request takes one way: it is routed,
// then admitted or refused by its header, then it becomes a stream or is handled.
#pragma once

#include "tickcast/http/refusal.hpp"
#include "tickcast/http/route_table.hpp"
#include "tickcast/http/stream_grant.hpp"
#include "tickcast/runtime/executor.hpp"

#include <optional>

namespace tickcast {

/// A request whose header nothing refuses.
struct Admission {
    std::optional<StreamGrant> stream{};  ///< it becomes this stream, and is not handled
};

/// Used on its connections' own thread only; outlives them.
class HttpHandler {
public:
    virtual ~HttpHandler() = default;

    /// Where a request goes; once per request. The header may be one that is then refused as
    /// malformed, or of which only the request line was read.
    virtual Routed route(HttpHeader const& header) const = 0;

    /// What is refused by the header, whatever the body says. Asked once the request has been read;
    /// before that where the client waits for `100 Continue`, and where the body is too large: a
    /// 404 or 403 then says more than a 413.
    virtual Result<Admission, Refusal> admit(HttpHeader const& header,
                                             Routed const& routed) const = 0;

    /// Answers a request that was just admitted. May wait for the control thread, and then bounds
    /// that wait itself. The request and its client's slot outlive the call.
    virtual Awaitable<Outcome> handle(HttpRequest const& request, Routed const& routed,
                                      ConnectionSlot const& client) = 0;

    /// A request is refused, by `admit`, by `handle`, or because it could not be read: counts and
    /// logs that. Limits of connections are counted where they are hit. `header` is null where not
    /// even the request line could be read.
    virtual void refused(Refusal const& refusal, HttpHeader const* header,
                         Routed const& routed) = 0;

    /// Adds what all answers of this listener have, refusals included.
    virtual void mark(HttpResponse& response, HttpHeader const* header) const = 0;
};

}  // namespace tickcast
