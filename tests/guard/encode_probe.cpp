// Encodes ticks of the simulator, by the server's encoder and by nlohmann's, once each: callgrind
// counts both (instructions.py).
#include "feed/sim/sim_generator.hpp"
#include "tickcast/protocol/tick_json.hpp"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

using nlohmann::ordered_json;
using tickcast::TickerId;

namespace {

constexpr std::size_t kTicks = 1000;

}  // namespace

/// Outside of any namespace and not inlined, so that callgrind's output has it by this name.
[[gnu::noinline]] std::string dump_of_tick(ordered_json const& tick) {
    return tick.dump();
}

int main() {
    std::vector<std::string> const names{"AAPL", "MSFT", "BRK.B", "SYM0001"};
    std::vector<tickcast::SimGenerator::Start> starts;
    for (std::uint32_t id = 0; id < names.size(); ++id)
        starts.push_back({TickerId{id}, 1'894 << (2 * id)});
    tickcast::SimGenerator feed{1, starts};
    std::vector<tickcast::Quote> quotes(names.size());
    for (std::size_t i = 0; i < kTicks; ++i) {
        auto const update = feed.next();
        auto& quote = quotes[update.ticker.value];
        quote.merge(update);
        quote.source_time_us = 1'764'000'000'123'456 + static_cast<std::int64_t>(i) * 14'285;
        quote.taken_in_us = *quote.source_time_us + 137;
        ++quote.sequence;
        char text[tickcast::kMaxTickJson];
        auto const ticker = *tickcast::Ticker::parse(names[update.ticker.value]);
        auto const size = tickcast::encode_tick_json(ticker, quote, text);
        // Both must encode the same tick, or the comparison would be wrong.
        auto const tick = ordered_json::parse(std::string_view{text, size});
        if (dump_of_tick(tick) != std::string_view{text, size}) {
            std::fprintf(stderr, "nlohmann writes %s\nwhere we write %.*s\n", tick.dump().c_str(),
                         static_cast<int>(size), text);
            return 1;
        }
    }
}
