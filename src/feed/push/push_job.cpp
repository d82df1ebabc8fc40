#include "feed/push/push_job.hpp"

#include <algorithm>
#include <bit>
#include <functional>
#include <limits>
#include <string>
#include <utility>

namespace tickcast {
namespace {

constexpr TickerId kUnknown{std::numeric_limits<std::uint32_t>::max()};

}  // namespace

PushJob::~PushJob() {
    while (phase_ > Phase::claiming && phase_ != Phase::done)
        step();
    abandon();
}

bool PushJob::work(SteadyTime until) {
    do {
        if (phase_ == Phase::done) return true;
        if (phase_ == Phase::waiting && !tools_.gate.enter(*this)) return false;
        step();
    } while (tools_.clock.now() < until);
    return phase_ == Phase::done;
}

void PushJob::cut_short(Error error, SteadyTime until) {
    while ((phase_ == Phase::naming || phase_ == Phase::applying) && tools_.clock.now() < until)
        step();
    if (phase_ < Phase::clearing) {
        auto const applied = phase_ == Phase::applying ? std::min(at_ * kStepTicks, count_) : 0;
        if (applied > 0) {
            error.detail += "; the first " + std::to_string(applied) + " ticks of " +
                            std::to_string(count_) + " were applied";
        }
        refuse(std::move(error));
    }
    abandon();
}

std::pair<bool, std::size_t> PushJob::rank() const noexcept {
    bool const applying = phase_ == Phase::applying;
    return {!applying || at_ == 0, applying ? chunks_.size() - at_ : chunks_.size()};
}

void PushJob::abandon() noexcept {
    if (!held_.empty()) tools_.table.release(std::exchange(held_, {}));
    tools_.gate.leave(*this);
    phase_ = Phase::done;
}

void PushJob::step() {
    switch (phase_) {
        case Phase::reading:
            return read();
        case Phase::looking_up:
            return look_up();
        case Phase::waiting:
            phase_ = Phase::claiming;
            return;
        case Phase::claiming:
            return claim();
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
    if (at_ == count_) begin_claiming();
}

void PushJob::begin_claiming() {
    at_ = 0;
    if (unknown_ == 0) {
        phase_ = Phase::applying;
        return;
    }
    seen_.resize(std::bit_ceil(2 * unknown_));
    phase_ = Phase::waiting;
}

void PushJob::claim() {
    std::vector<Ticker> found;
    auto const end = std::min(at_ + kStepTicks, count_);
    for (; at_ < end; ++at_) {
        auto const& each = tick(at_);
        if (each.update.ticker != kUnknown) continue;
        if (is_first_of_its_ticker(static_cast<std::uint32_t>(at_))) found.push_back(each.ticker);
    }
    if (!found.empty() && !tools_.table.claim(found, held_)) {
        return refuse(no_room_for_tickers(tools_.table));
    }
    if (at_ == count_) add_claimed();
}

bool PushJob::is_first_of_its_ticker(std::uint32_t at) {
    auto const mask = seen_.size() - 1;
    auto const& ticker = tick(at).ticker;
    for (auto index = std::hash<Ticker>{}(ticker)&mask;; index = (index + 1) & mask) {
        if (seen_[index] == 0) {
            seen_[index] = at + 1;
            return true;
        }
        if (tick(seen_[index] - 1).ticker == ticker) return false;
    }
}

void PushJob::add_claimed() {
    if (!tools_.table.add_claimed()) return refuse(no_room_for_tickers(tools_.table));
    tools_.gate.leave(*this);
    at_ = 0;
    phase_ = Phase::naming;
}

void PushJob::name() {
    auto const group = std::span{held_}.subspan(at_, std::min(kStepTicks, held_.size() - at_));
    tools_.table.make_known(group);
    at_ += group.size();
    if (at_ < held_.size()) return;
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
    tools_.sink.ingest(tools_.kind, batch_);
}

/// Freeing thousands of chunks and holds takes time too, so it goes in steps.
void PushJob::clear() {
    if (!held_.empty()) {
        auto const group = std::span{held_}.last(std::min(held_.size(), kStepTicks));
        tools_.table.release(group);
        held_.resize(held_.size() - group.size());
    } else if (!chunks_.empty()) {
        chunks_.resize(chunks_.size() - std::min<std::size_t>(chunks_.size(), 16));
    } else {
        abandon();
    }
}

/// The job keeps the gate until its claimed tickers are released.
void PushJob::refuse(Error error) {
    result_ = std::move(error);
    phase_ = Phase::clearing;
}

}  // namespace tickcast
