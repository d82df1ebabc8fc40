// The encodings of a tick: how the text of one tick stands in the messages `snapshot` and `ticks`
// (CONTRACT TIC-1). A stream asks for one; each tick is encoded once per encoding that a stream of
// its ticker uses. Pure; any thread.
#pragma once

#include "tickcast/protocol/table.hpp"
#include "tickcast/protocol/tick_json.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tickcast {

enum class TickEncoding : std::uint8_t { json };

struct TickEncodingRow {
    TickEncoding value;
    std::string_view name;  ///< by which the query of a stream asks for it
    std::size_t most_size;  ///< of a tick, in bytes
    /// Writes a tick and returns its size; `out` has room for `most_size` bytes.
    std::size_t (*encode)(Ticker const& ticker, Quote const& quote, char* out) noexcept;
};
/// The first row is for streams that ask for none.
inline constexpr std::array kTickEncodingTable{
    TickEncodingRow{TickEncoding::json, "json", kMaxTickJson, &encode_tick_json},
};
static_assert(covers_up_to(kTickEncodingTable, TickEncoding::json));
inline constexpr std::size_t kTickEncodings = kTickEncodingTable.size();

/// The most bytes of a tick in any encoding.
inline constexpr std::size_t kMaxTickSize =
    std::ranges::max_element(kTickEncodingTable, {}, &TickEncodingRow::most_size)->most_size;

/// The encoding of this name; that of the first row if no encoding has it.
constexpr TickEncoding tick_encoding_named(std::string_view name) noexcept {
    for (auto const& row : kTickEncodingTable) {
        if (row.name == name) return row.value;
    }
    return kTickEncodingTable.front().value;
}

}  // namespace tickcast
