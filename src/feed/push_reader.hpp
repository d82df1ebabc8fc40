// Reads a pushed body tick by tick, so that its reader may stop in between and go on later. Cuts
// the text into lines or elements; nlohmann and PushHandler judge each of them. One thread; the
// body outlives it. Bounds: a step looks at kMaxTickBytes at most, whatever the body is.
#pragma once

#include "feed/push_handler.hpp"
#include "tickcast/feed/push_parser.hpp"

#include <cstdint>
#include <string_view>

namespace tickcast {

class PushReader {
public:
    /// A tick's text, with the blanks behind it. A step for more would take too long.
    static constexpr std::size_t kMaxTickBytes = 16'384;

    enum class Step : std::uint8_t { more, done, failed };

    PushReader(std::string_view body, PushFormat format) noexcept
        : handler_(format), format_(format), rest_(body) {}

    /// Looks at the next tick, or at blanks before it.
    Step step();
    /// Those read since the last call.
    std::vector<PushTick> take_ticks() { return handler_.take_ticks(); }
    std::size_t waiting_ticks() const noexcept { return handler_.waiting_ticks(); }
    /// After `failed`.
    Error take_error() { return handler_.take_error(); }

private:
    enum class Place : std::uint8_t { outside, at_first, at_element, behind_element, behind };

    Step step_line();
    Step step_array();
    Step open_array();
    Step after_element();
    Step read(std::string_view text, Place next);
    Step read_too_long();
    Step malformed();
    bool skip_blanks() noexcept;
    Step move_to(Place place) noexcept;

    PushHandler handler_;
    PushFormat const format_;
    std::string_view rest_;
    std::uint64_t line_{1};
    Place place_{Place::outside};  ///< in an array
};

}  // namespace tickcast
