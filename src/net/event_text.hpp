// The text of Server-Sent Events (HTML standard, section 9.2) and the head of the answer that
// carries them. Pure functions.
#pragma once

#include "tickcast/net/http_types.hpp"
#include "tickcast/session/session_id.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tickcast {

/// SESSION.GENERATION: names one connection of a session.
std::string event_id(SessionId const& session, std::uint64_t generation);

/// The generation in Last-Event-ID, if that is an event_id of this session; all else is as if it
/// were not there.
std::optional<std::uint64_t> continued_generation(HttpHeader const& header,
                                                  SessionId const& session);

/// What comes before an event's JSON; `out` is a string or an arena. JSON has no line breaks, so
/// that it is one line of data.
template <class Out>
void begin_event(std::string_view id, std::string_view type, Out& out) {
    out.append("id: ");
    out.append(id);
    out.append("\nevent: ");
    out.append(type);
    out.append("\ndata: ");
}
inline constexpr std::string_view kEventEnd = "\n\n";

/// 204, to whom another connection has displaced: an EventSource stays away for good (CONTRACT
/// SSE-7).
HttpResponse stay_away_response();

/// 200, without what concerns the message itself.
HttpResponse event_stream_head();

/// When to come back once the connection is lost: the first line of an event.
template <class Out>
void append_retry_line(std::uint32_t ms, Out& out) {
    out.append("retry: ");
    out.append(std::to_string(ms));
    out.append("\n");
}

}  // namespace tickcast
