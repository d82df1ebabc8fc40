// The tables behind the enumerations of the wire. Each enumeration is followed by one constexpr
// table with the names and facts of its values; a fact about a value stands there and nowhere else.
// A row begins with its `value`; the rows are in the order of the enumeration.
#pragma once

#include <array>
#include <cstddef>

namespace tickcast {

/// For a static_assert beside the table of an enumeration from 0 to `last`: one row per value, at
/// the value's index.
template <class Row, std::size_t rows, class Enum>
consteval bool covers_up_to(std::array<Row, rows> const& table, Enum last) {
    if (static_cast<std::size_t>(last) + 1 != rows) return false;
    for (std::size_t i = 0; i < rows; ++i) {
        if (static_cast<std::size_t>(table[i].value) != i) return false;
    }
    return true;
}

/// The index of a value's row, in such a table and in any array with one entry per row.
template <class Enum>
constexpr std::size_t index_of(Enum value) noexcept {
    return static_cast<std::size_t>(value);
}

}  // namespace tickcast
