// The range of plausible times of sources: microseconds since the Unix epoch, of the years 1990 to
// 2100. Pure functions.
#pragma once

#include <cstdint>
#include <string_view>

namespace tickcast {

inline constexpr std::int64_t kEarliestTimeUs = 631'152'000'000'000;  ///< 1990-01-01T00:00:00Z
inline constexpr std::int64_t kLatestTimeUs =
    4'133'980'799'999'999;  ///< the last microsecond of 2100

constexpr bool is_plausible_time(std::int64_t time_us) noexcept {
    return kEarliestTimeUs <= time_us && time_us <= kLatestTimeUs;
}

/// The unit in which this time would lie in those years: "seconds", "milliseconds" or
/// "nanoseconds"; empty where none does, or where the time in microseconds does.
std::string_view likely_unit(std::int64_t time) noexcept;

}  // namespace tickcast
