#include "protocol/json_members.hpp"

#include "tickcast/protocol/session_body.hpp"

#include <utility>

namespace tickcast {

Result<std::vector<std::string>> read_strings(FlatMember& member) {
    auto* const array = std::get_if<StringArray>(&member.value);
    if (array == nullptr) return invalid_type(member.name + " must be an array of strings");
    if (!array->strings_only) return invalid_type("each of " + member.name + " must be a string");
    return std::move(array->texts);
}

Result<std::uint32_t> read_throttle(FlatMember const& member) {
    auto const* const number = std::get_if<std::uint64_t>(&member.value);
    if (number != nullptr && *number <= kMaxThrottleMs) {
        return static_cast<std::uint32_t>(*number);
    }
    bool const is_number = number != nullptr ||
                           std::holds_alternative<std::int64_t>(member.value) ||
                           std::holds_alternative<OtherNumber>(member.value);
    if (!is_number) return invalid_type(member.name + " must be a number");
    return Error{
        .code = ErrorCode::bad_throttle,
        .detail = member.name + " must be an integer from 0 to " + std::to_string(kMaxThrottleMs),
        .limit = kMaxThrottleMs};
}

Error unknown_member(FlatMember const& member) {
    std::string const name{cut_utf8(member.name, kMaxEchoedBytes)};
    return Error{.code = ErrorCode::unknown_field, .detail = "there is no member \"" + name + '"'};
}

Error invalid_type(std::string detail) {
    return Error{.code = ErrorCode::invalid_type, .detail = std::move(detail)};
}

}  // namespace tickcast
