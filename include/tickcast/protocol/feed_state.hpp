// The state of all feeds together, as streams and /readyz report it. Pure; any thread.
#pragma once

#include "tickcast/protocol/table.hpp"

#include <cstdint>
#include <string_view>

namespace tickcast {

enum class FeedState : std::uint8_t { live, stale };

struct FeedStateRow {
    FeedState value;
    std::string_view name;  ///< as it is written in JSON
};
inline constexpr std::array kFeedStateTable{
    FeedStateRow{FeedState::live, "live"},
    FeedStateRow{FeedState::stale, "stale"},
};
static_assert(covers_up_to(kFeedStateTable, FeedState::stale));

constexpr std::string_view name(FeedState state) noexcept {
    return kFeedStateTable[index_of(state)].name;
}

}  // namespace tickcast
