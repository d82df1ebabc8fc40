#include "feed/sim/sim_feed.hpp"

#include "feed/feed_text.hpp"
#include "feed/sim/sim_universe.hpp"
#include "tickcast/base/logging.hpp"

#include <algorithm>
#include <memory>

namespace tickcast {

Result<FeedMaker, std::string> SimFeed::parse(FeedText const& text) {
    auto const spec = SimSpec::parse(text);
    if (!spec) return spec.error();
    return FeedMaker{
        [spec = *spec](FeedKind kind,
                       FeedContext const& context) -> Result<std::unique_ptr<Feed>, std::string> {
            return std::unique_ptr<Feed>{std::make_unique<SimFeed>(spec, kind, context)};
        }};
}

SimFeed::SimFeed(SimSpec const& spec, FeedKind kind, FeedContext const& context)
    : Feed(kind),
      spec_(spec),
      sink_(context.sink),
      clock_(context.clock),
      turn_(context.io, [this] { turn(); }) {
    std::vector<SimGenerator::Start> starts;
    starts.reserve(spec.tickers);
    for (std::size_t i = 0; i < spec.tickers; ++i) {
        auto const ticker = sim_ticker(i);
        auto const id = context.tickers.make_known(ticker);
        if (!id) {
            sink_.rejected(kind, RejectReason::limit);
            continue;
        }
        starts.push_back({*id, sim_start_cents(ticker)});
    }
    left_out_ = spec.tickers - starts.size();
    batch_.reserve(spec.burst);
    if (!starts.empty()) generator_.emplace(spec.seed, starts);
}

void SimFeed::start() {
    thread_.check();
    if (left_out_ > 0) {
        logger("feed")->warn("event=sim_tickers_left_out tickers={} left_out={}",
                             spec_.tickers - left_out_, left_out_);
    }
    if (pacer_ || !generator_) return;
    pacer_.emplace(spec_.rate, spec_.burst, clock_.now());
    turn_.soon();
}

void SimFeed::stop() noexcept {
    thread_.check();
    pacer_.reset();
    turn_.cancel();
}

void SimFeed::turn() {
    thread_.check();
    auto const began = clock_.now();
    auto now = began;
    std::size_t ticks = 0;
    // The sink may stop this feed during the call, so the pacer is checked each time.
    while (pacer_ && pacer_->begin_burst(began)) {
        publish_burst();
        ticks += spec_.burst;
        now = clock_.now();
        if (ticks >= kMaxTicksPerTurn || now - began >= kMaxTurn) break;
    }
    if (!pacer_) return;
    if (pacer_->next_at() <= now) {
        turn_.soon();
    } else {
        turn_.at(std::max(pacer_->next_at(), now + kLeastSleep));
    }
}

void SimFeed::publish_burst() {
    auto const wall_us = clock_.wall_us();
    batch_.clear();
    for (std::size_t i = 0; i < spec_.burst; ++i) {
        batch_.push_back(generator_->next());
        batch_.back().source_time_us = wall_us;
    }
    sink_.ingest(kind(), batch_);
}

}  // namespace tickcast
