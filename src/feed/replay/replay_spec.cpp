#include "feed/replay/replay_spec.hpp"

#include "feed/feed_text.hpp"

namespace tickcast {

Result<ReplaySpec, std::string> ReplaySpec::parse(FeedText const& text) {
    ReplaySpec spec;
    spec.file = text.path.value_or("");
    if (spec.file.empty()) return std::string{"replay: the file is missing (replay:FILE)"};
    auto const read = [&spec](FeedParameter const& given) -> Result<void, std::string> {
        if (given.key == "speed") {
            return keep(given.decimal(0, kMaxSpeed, "a factor from 0 to "), spec.speed);
        }
        if (given.key == "loop") return keep(given.boolean(), spec.loop);
        if (given.key == "maxgap") {
            return keep(given.decimal(0, kMaxGapSeconds, "seconds from 0 (off) to "),
                        spec.max_gap_seconds);
        }
        if (given.key != "start") return given.unknown();
        if (given.value == "now") return {};
        return keep(given.whole(0, UINT64_MAX), spec.start_after_streams);
    };
    if (auto done = read_parameters(text, read); !done) return std::move(done.error());
    return spec;
}

}  // namespace tickcast
