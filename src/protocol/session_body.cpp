#include "tickcast/protocol/session_body.hpp"

#include "protocol/json_members.hpp"

#include <utility>

namespace tickcast {

namespace {

/// Calls `read` for each member, up to the body's first error.
template <class Read>
Result<void> read_members(std::string_view body, Read read) {
    auto object = read_flat_object(body);
    if (object.broken) return *std::move(object.broken);
    if (!object.is_object) return invalid_type("the body must be an object");
    for (auto& member : object.members) {
        if (Result<void> done = read(member); !done) return done;
    }
    return {};
}

}  // namespace

Result<SessionSpec> parse_session_body(std::string_view body) {
    SessionSpec spec;
    auto read = read_members(body, [&spec](FlatMember& member) -> Result<void> {
        if (member.name == "tickers") return keep(read_strings(member), spec.tickers);
        if (member.name == "throttle_ms") return keep(read_throttle(member), spec.throttle_ms);
        return unknown_member(member);
    });
    if (!read) return std::move(read.error());
    if (spec.tickers.empty()) {
        return Error{.code = ErrorCode::empty_tickers,
                     .detail = "a session is created with one ticker or more"};
    }
    return spec;
}

Result<SessionPatch> parse_patch_body(std::string_view body) {
    SessionPatch patch;
    auto read = read_members(body, [&patch](FlatMember& member) -> Result<void> {
        if (member.name == "add") return keep(read_strings(member), patch.add);
        if (member.name == "remove") return keep(read_strings(member), patch.remove);
        if (member.name == "throttle_ms") return keep(read_throttle(member), patch.throttle_ms);
        return unknown_member(member);
    });
    if (!read) return std::move(read.error());
    return patch;
}

}  // namespace tickcast
