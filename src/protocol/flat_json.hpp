// Reads a JSON text of a client: one object, flat except for arrays of strings. It is strict and
// builds no tree: duplicate members, NUL bytes and deep nesting are refused. A pure function; its
// memory is bounded by the text, the depth by kMaxJsonDepth.
#pragma once

#include "tickcast/protocol/error.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tickcast {

/// No valid text of a client is deeper than 2; a text deeper than this is no honest mistake.
inline constexpr std::size_t kMaxJsonDepth = 32;
/// More members than any valid text of a client has. Further members are not kept: one of these is
/// wrong already.
inline constexpr std::size_t kMaxMembers = 16;
/// How many bytes of a client's text (a member's name, an operation) an answer repeats.
inline constexpr std::size_t kMaxEchoedBytes = 64;

/// A value that no member may have: null, a boolean, an object.
struct NoValue {};
/// A number that is no integer of 64 bits, however it is written.
struct OtherNumber {};
struct StringArray {
    std::vector<std::string> texts{};
    bool strings_only{true};  ///< otherwise `texts` has no meaning
};
/// The signed integer is for negative values only; all others are unsigned.
using FlatValue =
    std::variant<NoValue, OtherNumber, std::int64_t, std::uint64_t, std::string, StringArray>;

struct FlatMember {
    std::string name{};
    FlatValue value{};
    std::string integer_text{};  ///< of an integer that was written as 55.0 or 5.5e1, else empty
};

struct FlatObject {
    std::vector<FlatMember> members{};  ///< in the text's order, none twice, kMaxMembers at most
    std::optional<Error> broken{};      ///< invalid_json: the members are those before the fault
    bool is_object{false};              ///< otherwise the text is another JSON value

    FlatMember const* find(std::string_view name) const noexcept;
    FlatMember* find(std::string_view name) noexcept;
};

/// A number beyond a double (1e400) ends the reading: its own member and those before it are there.
FlatObject read_flat_object(std::string_view text);

/// The first `max_bytes` at most of the UTF-8 `text`, cut between characters.
std::string_view cut_utf8(std::string_view text, std::size_t max_bytes) noexcept;

}  // namespace tickcast
