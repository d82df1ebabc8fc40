#include "feed/sim/sim_feed.hpp"

#include "feed/sim/sim_universe.hpp"
#include "tickcast/base/logging.hpp"

#include <algorithm>
#include <chrono>

namespace tickcast {
namespace {

constexpr std::size_t kMaxTicksATurn = 1000;
constexpr Duration kMaxTurn = std::chrono::milliseconds{2};
// Shorter sleeps would cost a wake-up a tick at high rates; what is due by then goes in one turn.
constexpr Duration kLeastSleep = std::chrono::microseconds{250};

}  // namespace

SimFeed::SimFeed(SimSpec const& spec, TickerTable& table, TickSink& sink, asio::io_context& io,
                 Clock const& clock)
    : spec_(spec), sink_(sink), clock_(clock), turn_(io, [this] { turn(); }) {
    std::vector<SimGenerator::Start> starts;
    starts.reserve(spec.tickers);
    for (std::size_t i = 0; i < spec.tickers; ++i) {
        auto const ticker = sim_ticker(i);
        auto const id = table.make_known(ticker);
        if (!id) {
            sink.rejected(FeedKind::sim, RejectReason::limit);
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
    // The sink may stop us from within, so the pacer is looked at again each time.
    while (pacer_ && pacer_->take(began)) {
        publish_burst();
        ticks += spec_.burst;
        now = clock_.now();
        if (ticks >= kMaxTicksATurn || now - began >= kMaxTurn) break;
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
    sink_.ingest(FeedKind::sim, batch_);
}

}  // namespace tickcast
