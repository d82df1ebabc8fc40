#include "tickcast/protocol/event_text.hpp"

#include <algorithm>
#include <charconv>

namespace tickcast {

std::string event_id(std::string_view session, std::uint64_t generation) {
    auto const number = std::to_string(generation);
    std::string id;
    id.reserve(session.size() + 1 + number.size());  // each stream of events keeps one
    return id.append(session).append(".").append(number);
}

std::optional<std::uint64_t> continued_generation(std::string_view last_event_id,
                                                  std::string_view session) {
    auto const at = std::min(session.size() + 1, last_event_id.size());
    std::uint64_t generation = 0;
    std::from_chars(last_event_id.data() + at, last_event_id.data() + last_event_id.size(),
                    generation);
    // Only a text that `event_id` itself writes: no leading zeros, nothing after the figure.
    if (generation == 0 || last_event_id != event_id(session, generation)) return std::nullopt;
    return generation;
}

}  // namespace tickcast
