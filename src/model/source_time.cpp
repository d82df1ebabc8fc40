#include "tickcast/model/source_time.hpp"

namespace tickcast {

std::string_view likely_unit(std::int64_t time) noexcept {
    auto const lies_within = [time](std::int64_t earliest, std::int64_t latest) {
        return earliest <= time && time <= latest;
    };
    if (lies_within(kEarliestTimeUs / 1'000'000, kLatestTimeUs / 1'000'000)) return "seconds";
    if (lies_within(kEarliestTimeUs / 1'000, kLatestTimeUs / 1'000)) return "milliseconds";
    if (lies_within(kEarliestTimeUs * 1'000, kLatestTimeUs * 1'000 + 999)) return "nanoseconds";
    return {};
}

}  // namespace tickcast
