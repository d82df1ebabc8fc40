#include "tickcast/protocol/session_body.hpp"

#include "protocol/json_members.hpp"

#include <utility>

namespace tickcast {

namespace {

/// Calls `read` for each member, which returns the member's fault; returns the body's first fault.
template <class Read>
std::optional<Error> read_members(std::string_view body, Read read) {
    auto object = read_flat_object(body);
    if (object.broken) return std::move(object.broken);
    if (!object.is_object) return invalid_type("the body must be an object");
    for (auto& member : object.members) {
        if (std::optional<Error> fault = read(member)) return fault;
    }
    return std::nullopt;
}

}  // namespace

Result<SessionSpec> parse_session_body(std::string_view body) {
    SessionSpec spec;
    auto fault = read_members(body, [&spec](FlatMember& member) -> std::optional<Error> {
        if (member.name == "tickers") return read_strings(member, spec.tickers);
        if (member.name == "throttle_ms") return read_throttle(member, spec.throttle_ms);
        return unknown_member(member);
    });
    if (fault) return *std::move(fault);
    if (spec.tickers.empty()) {
        return Error{.code = ErrorCode::empty_tickers,
                     .detail = "a session is created with one ticker or more"};
    }
    return spec;
}

Result<SessionPatch> parse_patch_body(std::string_view body) {
    SessionPatch patch;
    auto fault = read_members(body, [&patch](FlatMember& member) -> std::optional<Error> {
        if (member.name == "add") return read_strings(member, patch.add);
        if (member.name == "remove") return read_strings(member, patch.remove);
        if (member.name == "throttle_ms") return read_throttle(member, patch.throttle_ms.emplace());
        return unknown_member(member);
    });
    if (fault) return *std::move(fault);
    return patch;
}

}  // namespace tickcast
