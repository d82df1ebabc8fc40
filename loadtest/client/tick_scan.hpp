// Reads the server's JSON frames without a DOM: fast enough for a client swarm on one core. It
// reads only the shapes that the contract promises; any other text counts as malformed. Pure
// functions.
#pragma once

#include <charconv>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace tickcast::client {

struct TickView {
    std::string_view text;
    std::string_view ticker;
    std::uint64_t n{0};
    std::uint64_t t{0};
    std::uint64_t x{0};  ///< 0 = absent
};

/// The value of "type", empty if there is none.
std::string_view frame_type(std::string_view json) noexcept;

/// The number of the digits at the text's begin; nothing if there are none, or if the number needs
/// more than 32 bits.
std::optional<std::uint32_t> whole_number(std::string_view text) noexcept;

/// The text of a string member; empty if there is no such member.
std::string_view string_member(std::string_view json, std::string_view name) noexcept;

/// The members of one flat object, values as written.
std::map<std::string, std::string> members_of(std::string_view object);

/// Reads one flat object at `position`, which moves past it; false if it is malformed.
bool scan_tick(std::string_view json, std::size_t& position, TickView& tick) noexcept;

/// The texts with which the arrays of ticks begin in their frames.
inline constexpr std::string_view kTicksArray = "\"ticks\":[";
inline constexpr std::string_view kQuotesArray = "\"quotes\":[";
/// The text with which the array of a snapshot's tickers begins.
inline constexpr std::string_view kTickersArray = "\"tickers\":[";

/// Calls `visit` for each tick of the array that begins with `begin`; false if there is no such
/// array or it is malformed.
template <typename Visit>
bool for_each_tick(std::string_view json, std::string_view array, Visit&& visit) {
    std::string_view::size_type position = json.find(array);
    if (position == std::string_view::npos) return false;
    position += array.size();
    if (position < json.size() && json[position] == ']') return true;
    for (;;) {
        TickView tick;
        if (!scan_tick(json, position, tick)) return false;
        visit(tick);
        if (position >= json.size()) return false;
        if (json[position] == ']') return true;
        if (json[position] != ',') return false;
        ++position;
    }
}

/// Calls `visit` for each string of the array that begins with `begin`, until `visit` returns
/// false. Returns false then, and if there is no such array or it is malformed. The strings have no
/// escapes, since tickers have none.
template <typename Visit>
bool for_each_string(std::string_view json, std::string_view array, Visit&& visit) {
    std::string_view::size_type position = json.find(array);
    if (position == std::string_view::npos) return false;
    position += array.size();
    if (position < json.size() && json[position] == ']') return true;
    for (;;) {
        if (position >= json.size() || json[position] != '"') return false;
        auto const end = json.find('"', position + 1);
        if (end == std::string_view::npos || end + 1 >= json.size()) return false;
        if (!visit(json.substr(position + 1, end - position - 1))) return false;
        position = end + 2;
        if (json[end + 1] == ']') return true;
        if (json[end + 1] != ',') return false;
    }
}

}  // namespace tickcast::client
