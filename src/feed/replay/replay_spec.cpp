#include "feed/replay/replay_spec.hpp"

#include "feed/feed_text.hpp"

namespace tickcast {

Result<ReplaySpec, std::string> ReplaySpec::parse(FeedText const& text) {
    ReplaySpec spec;
    spec.file = text.path.value_or("");
    if (spec.file.empty()) return std::string{"replay: the file is missing (replay:FILE)"};
    FeedParameters parameters{text};
    parameters.each([&](std::string_view key) {
        if (key == "speed") {
            return parameters.decimal(spec.speed, 0, kMaxSpeed, "a factor from 0 to ");
        }
        if (key == "loop") return parameters.boolean(spec.loop);
        if (key == "maxgap") {
            return parameters.decimal(spec.max_gap_seconds, 0, kMaxGapSeconds,
                                      "seconds from 0 (off) to ");
        }
        if (key != "start") return false;
        if (parameters.value() == "now") return true;
        return parameters.whole(spec.start_after_streams, 0, UINT64_MAX);
    });
    if (!parameters.fault().empty()) return parameters.fault();
    return spec;
}

}  // namespace tickcast
