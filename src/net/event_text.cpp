#include "net/event_text.hpp"

#include "net/fields.hpp"
#include "tickcast/net/response.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>

namespace tickcast {

std::string event_id(SessionId const& session, std::uint64_t generation) {
    return session.str() + '.' + std::to_string(generation);
}

std::optional<std::uint64_t> continued_generation(HttpHeader const& header,
                                                  SessionId const& session) {
    static constexpr char kName[] = "Last-Event-ID";
    auto const fields = header.equal_range(kName);
    if (fields.first == fields.second || std::next(fields.first) != fields.second) {
        return std::nullopt;
    }
    auto const text = to_std(fields.first->value());
    auto const at = std::min(SessionId::kTextLength + 1, text.size());
    std::uint64_t generation = 0;
    std::from_chars(text.data() + at, text.data() + text.size(), generation);
    // Only what `event_id` itself would write: no leading zeros, nothing behind the figure.
    if (generation == 0 || text != event_id(session, generation)) return std::nullopt;
    return generation;
}

HttpResponse stay_away_response() {
    auto response = empty_response();
    // A 204 may be cached by default (RFC 9110 section 15.1), and would then meet the next one too.
    response.set(http::field::cache_control, "no-store");
    return response;
}

/// CONTRACT SSE-8, SSE-9
HttpResponse event_stream_head() {
    auto response = text_response("text/event-stream", {});
    // What compresses on the way would hold events back in its buffer (RFC 9111 section 5.2.2.6).
    response.set(http::field::cache_control, "no-store, no-transform");
    response.set("X-Accel-Buffering", "no");  // nginx passes on what comes as it comes
    return response;
}

}  // namespace tickcast
