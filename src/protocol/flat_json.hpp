// Reads what clients send: one JSON object, flat but for arrays of strings. Strict, without a tree:
// duplicate members, NUL bytes and deep nesting are refused. A pure function; memory is bounded by
// the text, depth by kMaxJsonDepth.
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

/// Nothing that clients send is deeper than 2; what is deeper than this is no honest mistake.
inline constexpr std::size_t kMaxJsonDepth = 32;
/// More members than any text of a client's has: those past it are not kept, one of them being
/// wrong already.
inline constexpr std::size_t kMaxMembers = 16;
/// How much of what a client sent (a member's name, an operation) is repeated in an answer: bytes.
inline constexpr std::size_t kMaxEchoedBytes = 64;

/// A value that no member may have: null, a boolean, an object.
struct NoValue {};
/// A number that is no integer of 64 bits, however it is written.
struct OtherNumber {};
struct StringArray {
    std::vector<std::string> texts{};
    bool strings_only{true};  ///< else `texts` says nothing
};
/// A signed integer is negative: all others are unsigned.
using FlatValue =
    std::variant<NoValue, OtherNumber, std::int64_t, std::uint64_t, std::string, StringArray>;

struct FlatMember {
    std::string name{};
    FlatValue value{};
    std::string number{};  ///< the text of an integer that was written as 55.0 or 5.5e1, else empty
};

struct FlatObject {
    std::vector<FlatMember> members{};  ///< in the text's order, none twice, kMaxMembers at most
    std::optional<Error> broken{};      ///< invalid_json: the members are those before the fault
    bool is_object{false};              ///< else the text is another JSON value

    FlatMember const* find(std::string_view name) const noexcept;
    FlatMember* find(std::string_view name) noexcept;
};

/// A number beyond a double (1e400) ends the reading: the members before it and its own are there.
FlatObject read_flat_object(std::string_view text);

/// At most `max_bytes` of UTF-8 `text`, cut between characters.
std::string_view cut_utf8(std::string_view text, std::size_t max_bytes) noexcept;

}  // namespace tickcast
