// The text of Server-Sent Events (HTML standard, section 9.2). Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tickcast {

/// The event id "SESSION.GENERATION": it names one connection of a session.
std::string event_id(std::string_view session, std::uint64_t generation);

/// The generation in the text of Last-Event-ID, if that text is an event id of this session; any
/// other text counts as absent.
std::optional<std::uint64_t> continued_generation(std::string_view last_event_id,
                                                  std::string_view session);

/// Writes the lines before an event's JSON; `out` is a string or an arena. JSON without line breaks
/// is one line of data.
template <class Out>
void begin_event(std::string_view id, std::string_view type, Out& out) {
    out.append("id: ");
    out.append(id);
    out.append("\nevent: ");
    out.append(type);
    out.append("\ndata: ");
}
inline constexpr std::string_view kEventEnd = "\n\n";

/// Writes the `retry` line of an event: how long the client waits before it reconnects.
template <class Out>
void append_retry_line(std::uint32_t ms, Out& out) {
    out.append("retry: ");
    out.append(std::to_string(ms));
    out.append("\n");
}

}  // namespace tickcast
