// The time column of a recording: its unit, how its text is parsed, and which times are plausible.
// Pure.
#pragma once

#include "tickcast/base/result.hpp"
#include "tickcast/model/source_time.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tickcast {

/// The unit of the time column; its numbers count from the Unix epoch.
enum class TimeUnit : std::uint8_t { nanoseconds, microseconds, milliseconds, seconds };
inline constexpr std::array kTimeUnits{TimeUnit::nanoseconds, TimeUnit::microseconds,
                                       TimeUnit::milliseconds, TimeUnit::seconds};
/// The column's name: ts_ns, ts_us, ts_ms or ts_s.
std::string_view column_of(TimeUnit unit) noexcept;
/// "nanoseconds" and so on.
std::string_view name(TimeUnit unit) noexcept;

/// A recording lies between these, both included: all of the years 1990 to 2100 (UTC).
inline constexpr std::int64_t kEarliestSourceNs = kEarliestTimeUs * 1000;
inline constexpr std::int64_t kLatestSourceNs = kLatestTimeUs * 1000 + 999;

constexpr bool plausible_source_time(std::int64_t ns) noexcept {
    return ns >= kEarliestSourceNs && ns <= kLatestSourceNs;
}

enum class TimeFault : std::uint8_t { syntax, range };

/// The nanoseconds of a text of digits with optional decimals; decimals below a nanosecond are cut
/// off. `range`: the time lies outside of those of a recording.
Result<std::int64_t, TimeFault> parse_source_time(std::string_view text, TimeUnit unit) noexcept;

/// The digits before the decimal point as a number, whatever its unit; the largest int64 if they
/// are more. Nothing if the text is no time of any unit.
std::optional<std::int64_t> whole_source_time(std::string_view text) noexcept;

/// Whether a number in this unit lies in the plausible years.
bool plausible_in(TimeUnit unit, std::int64_t whole) noexcept;

/// The day of a number in this unit ("1970-01-21"), or a text that it is too large for a day.
std::string day_of(TimeUnit unit, std::int64_t whole);

}  // namespace tickcast
