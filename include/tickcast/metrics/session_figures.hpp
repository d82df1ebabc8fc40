// The session map's figures for a scrape. A value, made for each scrape.
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
    /// Limit hits counted outside of the shards; they are added to the shards' own.
    std::array<std::uint64_t, kLimits> limit_hits{};
};

}  // namespace tickcast
