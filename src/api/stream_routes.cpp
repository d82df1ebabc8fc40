#include "api/stream_routes.hpp"

#include "api/session_routes.hpp"
#include "tickcast/http/fields.hpp"
#include "tickcast/http/handshake.hpp"
#include "tickcast/http/negotiation.hpp"
#include "tickcast/http/refusals.hpp"
#include "tickcast/http/response.hpp"
#include "tickcast/http/target.hpp"
#include "tickcast/protocol/event_text.hpp"
#include "tickcast/protocol/tick_encoding.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace tickcast {

namespace {

Refusal upgrade_required(Handshake handshake) {
    auto refused = refusal(ErrorCode::upgrade_required,
                           "a stream is a WebSocket, or with Accept: text/event-stream a response");
    refused.fields = {{http::field::upgrade, "websocket"}, {http::field::connection, "upgrade"}};
    if (handshake == Handshake::other_version) {
        refused.fields.push_back({http::field::sec_websocket_version, "13"});
    }
    return refused;
}

/// The transport that the header asks for.
Result<Transport, Refusal> asked_transport(HttpHeader const& header) {
    auto const handshake = check_handshake(header);
    if (handshake == Handshake::fine) return Transport::websocket;
    if (handshake == Handshake::not_asked && header.method() == http::verb::get &&
        accepts_event_stream(header)) {
        return Transport::sse;
    }
    if (handshake == Handshake::malformed) {
        return refusal(ErrorCode::bad_request,
                       "not a WebSocket handshake (RFC 6455 section 4.2.1)");
    }
    return upgrade_required(handshake);
}

/// The encoding that the query names. A name that no encoding has is ignored (CONTRACT REQ-12), and
/// so is all but the first.
TickEncoding asked_encoding(std::string_view query) {
    std::optional<std::string> name;
    while (!query.empty() && !name) {
        auto value = take_until(query, '&');
        if (percent_decode(take_until(value, '=')) == "encoding") name = percent_decode(value);
    }
    return tick_encoding_named(name.value_or(""));
}

}  // namespace

Result<Admission, Refusal> admit_stream(PublicApi::State const& state, HttpHeader const& header,
                                        Routed const& routed) {
    auto const& sessions = state.deps.context.sessions;
    auto const id = SessionId::parse(routed.parameter);
    if (!id || !sessions.contains(*id)) return no_such_session();
    if (state.deps.draining.load(std::memory_order_relaxed)) return Refusal{draining_error()};
    auto const transport = asked_transport(header);
    if (!transport) return transport.error();

    StreamGrant grant{.session = *id,
                      .transport = *transport,
                      .encoding = asked_encoding(split_target(to_std(header.target())).query)};
    if (*transport == Transport::websocket) {
        grant.head.result(http::status::switching_protocols);
        return Admission{std::move(grant)};
    }
    grant.continues = continued_generation(last_event_id(header), routed.parameter);
    if (grant.continues && sessions.displaced(*id, *grant.continues)) return Admission{};
    grant.head = event_stream_head();
    return Admission{std::move(grant)};
}

Awaitable<Outcome> get_stream(PublicApi::State&, Call) {
    co_return Answer{.response = stay_away_response()};
}

}  // namespace tickcast
