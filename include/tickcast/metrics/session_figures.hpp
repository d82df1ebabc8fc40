// What the session map has to tell a scrape, and the labels it is told under. A value, made anew
// for each scrape; the order of the labels is that of the session module's enumerations.
#pragma once

#include "tickcast/metrics/labels.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tickcast {

/// tickcast_sessions{state}
inline constexpr std::array<std::string_view, 3> kSessionStateLabels{"pending", "streaming",
                                                                     "detached"};
/// tickcast_sessions_ended_total{reason}
inline constexpr std::array<std::string_view, 5> kSessionEndLabels{
    "deleted", "expired_pending", "expired_detached", "too_old", "policy"};

struct SessionFigures {
    std::array<std::uint64_t, kSessionStateLabels.size()> by_state{};
    std::uint64_t created{0};
    std::array<std::uint64_t, kSessionEndLabels.size()> ended{};
    /// Limits hit outside of the shards, to be added to theirs.
    std::array<std::uint64_t, kLimits> limit_hits{};
};

}  // namespace tickcast
