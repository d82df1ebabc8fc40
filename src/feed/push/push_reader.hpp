// Reads a pushed body tick by tick, so that the caller can stop in between and go on later. Cuts
// the text into lines or array elements; nlohmann and PushHandler judge each of them. Owner: the
// PushJob; one thread; the body outlives it. Bounds: a step reads kMaxTickBytes at most, whatever
// the body is, and gathers at most twice as much.
#pragma once

#include "feed/push/push_handler.hpp"
#include "feed/push/push_parser.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tickcast {

/// Finds the end of an array's element: the comma or bracket after it. It does not check whether
/// the element is JSON.
class ElementScan {
public:
    bool ends_at(char c) noexcept;
    /// The same for a line: it ends at LF, whatever it holds.
    bool ends_line_at(char c) noexcept {
        if (c == '\n') return true;
        ends_at(c);
        return false;
    }
    bool in_string() const noexcept { return in_string_; }

private:
    std::size_t depth_{0};
    bool in_string_{false};
    bool escaped_{false};
};

class PushReader {
public:
    /// The longest text of a tick, without the blanks between its tokens. Parsing more would take
    /// too long for one step.
    static constexpr std::size_t kMaxTickBytes = 16'384;

    enum class Step : std::uint8_t { more, done, failed };

    PushReader(std::string_view body, PushFormat format) noexcept
        : handler_(format), format_(format), rest_(body) {}

    /// Reads the next tick, or blanks before it.
    Step step();
    /// The ticks read since the last call.
    std::vector<PushTick> take_ticks() { return handler_.take_ticks(); }
    std::size_t waiting_ticks() const noexcept { return handler_.waiting_ticks(); }
    /// The error, after `failed`.
    Error take_error() { return handler_.take_error(); }

private:
    enum class Position : std::uint8_t { outside, at_first, at_element, behind_element, behind };

    /// A tick whose text is longer than kMaxTickBytes, perhaps only because of blanks: gathered
    /// without them.
    struct Long {
        ElementScan scan{};
        std::string text{};
        std::size_t size{0};  ///< of the tick, without blanks between tokens

        void add(char c, bool in_string);
    };

    Step step_line();
    Step step_array();
    Step open_array();
    Step after_element();
    Step read(std::string_view text, Position next);
    Step begin_long();
    Step gather();
    Step read_too_long();
    Step malformed();
    bool skip_blanks() noexcept;
    Step move_to(Position position) noexcept;

    PushHandler handler_;
    PushFormat const format_;
    std::string_view rest_;
    std::uint64_t line_{1};
    Position position_{Position::outside};  ///< in an array
    std::optional<Long> long_{};            ///< the tick that is being gathered
};

}  // namespace tickcast
