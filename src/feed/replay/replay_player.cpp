#include "feed/replay/replay_player.hpp"

#include "tickcast/base/logging.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace tickcast {

ReplayPlayer::ReplayPlayer(ReplaySpec const& spec, FeedKind kind, FeedContext const& context)
    : file_(spec.file),
      kind_(kind),
      table_(context.tickers),
      sink_(context.sink),
      clock_(context.clock),
      pacer_(spec.speed, from_seconds(spec.max_gap_seconds)),
      bad_rows_(spec.file) {
    batch_.reserve(kMaxBatch);
}

void ReplayPlayer::begin_pass(SteadyTime now) noexcept {
    pacer_.begin_pass(std::max(now, pacer_.pass_began() + ReplayPacer::kMinPass));
}

ReplayPlayer::Stop ReplayPlayer::play(CsvTickReader& reader, SteadyTime turn_began) {
    do {
        if (pending_) {
            if (keeps_waiting(reader, turn_began)) return Stop::not_due;
            batch_.push_back(pending_->tick);
            pending_.reset();
        } else {
            if (paced() && pacer_.pass_began() > turn_began) return Stop::not_due;
            if (!read_item(reader)) return Stop::pass_ended;
        }
    } while (batch_.size() < kMaxBatch && clock_.now() - turn_began < kMaxTurn);
    return Stop::turn_used_up;
}

void ReplayPlayer::publish() {
    if (!batch_.empty()) sink_.ingest(kind_, batch_);
    batch_.clear();
}

void ReplayPlayer::put_off(Duration by) noexcept {
    pacer_.put_off(by);
    if (pending_) pending_->due += by;
}

std::uint64_t ReplayPlayer::end_pass(SteadyTime now) {
    pending_.reset();
    bad_rows_.pass_ended(now);
    return std::exchange(rows_, 0);
}

bool ReplayPlayer::read_item(CsvTickReader& reader) {
    auto const item = reader.next();
    if (auto const* const row = std::get_if<CsvRow>(&item)) {
        take_row(*row, reader);
    } else if (auto const* const fault = std::get_if<CsvFault>(&item)) {
        reject(*fault, reader);
    } else if (auto const* const end = std::get_if<CsvTickReader::End>(&item)) {
        end_ = *end;
        return false;
    }
    return true;
}

void ReplayPlayer::take_row(CsvRow const& row, CsvTickReader const& reader) {
    auto const id = id_of(row.ticker);
    if (!id) {
        reject({RejectReason::limit, "no room for its ticker (--max-known-tickers)",
                CsvColumn::ticker, row.ticker.view()},
               reader);
        return;
    }
    ++rows_;
    pending_.emplace(Pending{pacer_.due(row.ts_ns), row.update});
    pending_->tick.ticker = *id;
}

void ReplayPlayer::reject(CsvFault const& fault, CsvTickReader const& reader) {
    sink_.rejected(kind_, fault.reason);
    bad_rows_.add(fault, reader.line(), reader.layout());
}

/// Whether the next row is not due yet.
bool ReplayPlayer::keeps_waiting(CsvTickReader const& reader, SteadyTime now) {
    if (!paced() || !waits(now)) return false;
    auto const wait = pending_->due - now;
    if (wait > kLongWait && !std::exchange(pending_->wait_logged, true)) {
        logger("feed")->warn(
            "event=replay_waits file={} line={} seconds={:.0f} what=\"the time "
            "recorded is so much later\"",
            file_, reader.line(), std::chrono::duration<double>{wait}.count());
    }
    return true;
}

std::optional<TickerId> ReplayPlayer::id_of(Ticker const& ticker) {
    if (auto const found = ids_.find(ticker); found != ids_.end()) return found->second;
    auto const id = table_.make_known(ticker);
    if (!id) return std::nullopt;
    ids_.emplace(ticker, *id);
    return id;
}

}  // namespace tickcast
