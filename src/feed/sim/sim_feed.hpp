// The sim feed: SimGenerator's ticks at a steady rate. Owner: app/Feeds; control thread. Bounds:
// about 1,000 ticks or 2 ms per turn of the loop; after a stall, at most one second is caught up.
#pragma once

#include "feed/loop_turn.hpp"
#include "feed/sim/burst_pacer.hpp"
#include "feed/sim/sim_generator.hpp"
#include "feed/sim/sim_spec.hpp"
#include "tickcast/base/clock.hpp"
#include "tickcast/base/thread_checker.hpp"
#include "tickcast/feed/feed.hpp"
#include "tickcast/feed/tick_sink.hpp"
#include "tickcast/model/ticker_table.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace tickcast {

struct FeedText;

class SimFeed final : public Feed {
public:
    /// Makes the universe's tickers known. Tickers that do not fit into the table are left out and
    /// counted as rejected (limit); `start` logs a warning.
    SimFeed(SimSpec const& spec, FeedKind kind, FeedContext const& context);
    /// For the feed registry.
    static Result<FeedMaker, std::string> parse(FeedText const& text);

    void start() override;
    void stop() noexcept override;
    bool up() const noexcept override { return pacer_.has_value(); }

private:
    static constexpr std::size_t kMaxTicksPerTurn = 1000;
    static constexpr Duration kMaxTurn = std::chrono::milliseconds{2};
    /// The shortest sleep. Shorter sleeps would cost one wake-up per tick at high rates; all bursts
    /// that are due by then go in one turn.
    static constexpr Duration kLeastSleep = std::chrono::microseconds{250};

    void turn();
    void publish_burst();

    SimSpec const spec_;
    std::size_t left_out_{0};  ///< tickers that did not fit into the table
    TickSink& sink_;
    Clock const& clock_;
    std::optional<SimGenerator> generator_;  ///< nothing where no ticker fitted
    std::optional<BurstPacer> pacer_;        ///< while started
    std::vector<TickUpdate> batch_;
    LoopTurn turn_;
    ThreadChecker thread_;
};

}  // namespace tickcast
