#include "feed/sim/sim_spec.hpp"

#include "feed/feed_text.hpp"

namespace tickcast {

Result<SimSpec, std::string> SimSpec::parse(FeedText const& text) {
    constexpr double kLeastRate = 0.001;
    SimSpec spec;
    FeedParameters parameters{text};
    parameters.each([&](std::string_view key) {
        if (key == "tickers") return parameters.whole(spec.tickers, 1, kMaxTickers);
        if (key == "rate") {
            return parameters.decimal(spec.rate, kLeastRate, kMaxRate,
                                      "ticks per second from 0.001 to ");
        }
        if (key == "burst") return parameters.whole(spec.burst, 1, kMaxBurst);
        if (key == "seed") return parameters.whole(spec.seed, 0, UINT64_MAX);
        return false;
    });
    if (!parameters.fault().empty()) return parameters.fault();
    return spec;
}

}  // namespace tickcast
