// The states of a session, and the ways in which a session ends. Pure; any thread.
#pragma once

#include "tickcast/protocol/table.hpp"

#include <cstdint>
#include <string_view>

namespace tickcast {

enum class SessionState : std::uint8_t { pending, streaming, detached };

struct SessionStateRow {
    SessionState value;
    std::string_view name;  ///< as it is written in JSON; the label `state` of tickcast_sessions
};
inline constexpr std::array kSessionStateTable{
    SessionStateRow{SessionState::pending, "pending"},
    SessionStateRow{SessionState::streaming, "streaming"},
    SessionStateRow{SessionState::detached, "detached"},
};
static_assert(covers_up_to(kSessionStateTable, SessionState::detached));
inline constexpr std::size_t kSessionStates = kSessionStateTable.size();

constexpr std::string_view name(SessionState state) noexcept {
    return kSessionStateTable[index_of(state)].name;
}

enum class SessionEnd : std::uint8_t {
    deleted,
    expired_pending,
    expired_detached,
    too_old,
    policy
};

struct SessionEndRow {
    SessionEnd value;
    std::string_view name;  ///< the label `reason` of tickcast_sessions_ended_total
};
inline constexpr std::array kSessionEndTable{
    SessionEndRow{SessionEnd::deleted, "deleted"},
    SessionEndRow{SessionEnd::expired_pending, "expired_pending"},
    SessionEndRow{SessionEnd::expired_detached, "expired_detached"},
    SessionEndRow{SessionEnd::too_old, "too_old"},
    SessionEndRow{SessionEnd::policy, "policy"},
};
static_assert(covers_up_to(kSessionEndTable, SessionEnd::policy));
inline constexpr std::size_t kSessionEnds = kSessionEndTable.size();

constexpr std::string_view name(SessionEnd end) noexcept {
    return kSessionEndTable[index_of(end)].name;
}

}  // namespace tickcast
