// The text of Server-Sent Events (HTML standard, section 9.2). Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tickcast {

/// SESSION.GENERATION: names one connection of a session.
std::string event_id(std::string_view session, std::uint64_t generation);

/// The generation in the text of Last-Event-ID, if that is an event_id of this session; all else is
/// as if it were not there.
std::optional<std::uint64_t> continued_generation(std::string_view last_event_id,
                                                  std::string_view session);

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

/// When to come back once the connection is lost: the first line of an event.
template <class Out>
void append_retry_line(std::uint32_t ms, Out& out) {
    out.append("retry: ");
    out.append(std::to_string(ms));
    out.append("\n");
}

}  // namespace tickcast
