// What the session map has to tell a scrape. A value, made for each scrape.
#pragma once

#include "tickcast/protocol/limit.hpp"
#include "tickcast/protocol/session_state.hpp"

#include <array>
#include <cstdint>

namespace tickcast {

struct SessionFigures {
    std::array<std::uint64_t, kSessionStates> by_state{};
    std::uint64_t created{0};
    std::array<std::uint64_t, kSessionEnds> ended{};
    /// Limits hit outside of the shards, to be added to theirs.
    std::array<std::uint64_t, kLimits> limit_hits{};
};

}  // namespace tickcast
