#include "feed/push_job.hpp"

#include <algorithm>
#include <bit>
#include <functional>
#include <limits>
#include <utility>

namespace tickcast {
namespace {

constexpr TickerId kUnknown{std::numeric_limits<std::uint32_t>::max()};

}  // namespace

bool PushJob::work(SteadyTime until) {
    do {
        if (phase_ == Phase::done) return true;
        step();
    } while (tools_.clock.now() < until);
    return phase_ == Phase::done;
}

void PushJob::cut_short(Error error) {
    if (phase_ < Phase::naming) refuse(std::move(error));
    finish();
}

void PushJob::finish() noexcept {
    while (phase_ >= Phase::naming && phase_ != Phase::done)
        step();
    // One that goes in an earlier phase has made nothing known, but may hold what others made.
    if (phase_ != Phase::done && !held_.empty()) tools_.table.release(held_);
}

void PushJob::step() {
    switch (phase_) {
        case Phase::reading:
            return read();
        case Phase::looking_up:
            return look_up();
        case Phase::counting:
            return count();
        case Phase::naming:
            return name();
        case Phase::applying:
            return apply();
        case Phase::clearing:
            return clear();
        case Phase::done:
            return;
    }
}

void PushJob::read() {
    auto const step = reader_.step();
    if (step == PushReader::Step::failed) return refuse(reader_.take_error());
    bool const ended = step == PushReader::Step::done;
    if (reader_.waiting_ticks() == kStepTicks || (ended && reader_.waiting_ticks() > 0)) {
        keep_chunk();
    }
    if (ended) phase_ = Phase::looking_up;
}

void PushJob::keep_chunk() {
    chunks_.push_back(reader_.take_ticks());
    count_ += chunks_.back().size();
}

void PushJob::look_up() {
    auto const end = std::min(at_ + kStepTicks, count_);
    for (; at_ < end; ++at_) {
        auto& each = tick(at_);
        each.update.ticker = tools_.table.find_known(each.ticker).value_or(kUnknown);
        if (each.update.ticker == kUnknown) ++unknown_;
    }
    if (at_ == count_) begin_counting();
}

void PushJob::begin_counting() {
    at_ = 0;
    if (unknown_ == 0) {
        phase_ = Phase::applying;
        return;
    }
    seen_.resize(std::bit_ceil(2 * unknown_));
    phase_ = Phase::counting;
}

void PushJob::count() {
    std::vector<Ticker> found;
    auto const end = std::min(at_ + kStepTicks, count_);
    for (; at_ < end; ++at_) {
        auto const number = static_cast<std::uint32_t>(at_);
        if (tick(at_).update.ticker != kUnknown || !is_first_of_its_ticker(number)) continue;
        fresh_.push_back(number);
        found.push_back(tick(at_).ticker);
    }
    auto const held = held_.size();
    if (!found.empty()) tools_.table.hold_present(found, held_);
    absent_ += found.size() - (held_.size() - held);
    // More than there could ever be room for need not be counted to the end.
    if (at_ == count_ || absent_ > tools_.table.max_size()) end_counting();
}

bool PushJob::is_first_of_its_ticker(std::uint32_t at) {
    auto const mask = seen_.size() - 1;
    auto const& ticker = tick(at).ticker;
    for (auto place = std::hash<Ticker>{}(ticker)&mask;; place = (place + 1) & mask) {
        if (seen_[place] == 0) {
            seen_[place] = at + 1;
            return true;
        }
        if (tick(seen_[place] - 1).ticker == ticker) return false;
    }
}

void PushJob::end_counting() {
    auto room = tools_.table.set_aside(absent_);
    if (!room) return refuse(no_room_for_tickers(tools_.table));
    room_.emplace(*std::move(room));
    at_ = 0;
    phase_ = Phase::naming;
}

void PushJob::name() {
    std::vector<Ticker> group;
    auto const end = std::min(at_ + kStepTicks, fresh_.size());
    for (; at_ < end; ++at_)
        group.push_back(tick(fresh_[at_]).ticker);
    tools_.table.make_known(group, *room_);
    if (at_ < fresh_.size()) return;
    room_.reset();
    at_ = 0;
    phase_ = Phase::applying;
}

void PushJob::apply() {
    if (at_ == chunks_.size()) {
        result_ = count_;
        phase_ = Phase::clearing;
        return;
    }
    auto chunk = std::exchange(chunks_[at_++], {});
    batch_.clear();
    for (auto& each : chunk) {
        if (each.update.ticker == kUnknown) {
            each.update.ticker = *tools_.table.find_known(each.ticker);
        }
        batch_.push_back(each.update);
    }
    tools_.sink.ingest(FeedKind::push, batch_);
}

/// Thousands of chunks and holds take their time too.
void PushJob::clear() {
    if (!held_.empty()) {
        auto const group = std::span{held_}.last(std::min(held_.size(), kStepTicks));
        tools_.table.release(group);
        held_.resize(held_.size() - group.size());
    } else if (!chunks_.empty()) {
        chunks_.resize(chunks_.size() - std::min<std::size_t>(chunks_.size(), 16));
    } else {
        phase_ = Phase::done;
    }
}

void PushJob::refuse(Error error) {
    result_ = std::move(error);
    phase_ = Phase::clearing;
}

}  // namespace tickcast
