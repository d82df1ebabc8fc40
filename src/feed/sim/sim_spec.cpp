#include "feed/sim/sim_spec.hpp"

#include "feed/feed_text.hpp"

namespace tickcast {

Result<SimSpec, std::string> SimSpec::parse(FeedText const& text) {
    constexpr double kLeastRate = 0.001;
    SimSpec spec;
    auto const read = [&spec](FeedParameter const& given) -> Result<void, std::string> {
        if (given.key == "tickers") return keep(given.whole(1, kMaxTickers), spec.tickers);
        if (given.key == "rate") {
            return keep(given.decimal(kLeastRate, kMaxRate, "ticks per second from 0.001 to "),
                        spec.rate);
        }
        if (given.key == "burst") return keep(given.whole(1, kMaxBurst), spec.burst);
        if (given.key == "seed") return keep(given.whole(0, UINT64_MAX), spec.seed);
        return given.unknown();
    };
    if (auto done = read_parameters(text, read); !done) return std::move(done.error());
    return spec;
}

}  // namespace tickcast
