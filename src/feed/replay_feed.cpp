#include "tickcast/feed/replay_feed.hpp"

#include "tickcast/base/logging.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace tickcast {
namespace {

constexpr Duration kMaxTurn = std::chrono::milliseconds{1};
constexpr Duration kStartPoll = std::chrono::milliseconds{5};
// The longest wait for a row: more (a wrong time in the file) must not overflow the clock.
constexpr double kMaxAheadNs = 3e17;  // about ten years

}  // namespace

Result<std::unique_ptr<ReplayFeed>, std::string> ReplayFeed::open(
    ReplaySpec const& spec, TickerTable& table, TickSink& sink, asio::io_context& io,
    Clock const& clock, StreamsStarted streams_started) {
    auto const scan = scan_replay(spec.file, table);
    if (!scan) return scan.error();
    auto reader = CsvTickReader::open(spec.file);
    if (!reader) return reader.error();
    std::unique_ptr<ReplayFeed> feed{new ReplayFeed{spec, *std::move(reader), table, sink, io,
                                                    clock, std::move(streams_started)}};
    feed->scan_ = *scan;
    return feed;
}

ReplayFeed::ReplayFeed(ReplaySpec const& spec, CsvTickReader reader, TickerTable& table,
                       TickSink& sink, asio::io_context& io, Clock const& clock,
                       StreamsStarted streams_started)
    : spec_(spec),
      reader_(std::move(reader)),
      table_(table),
      sink_(sink),
      clock_(clock),
      streams_started_(std::move(streams_started)),
      state_(spec.start_after_streams > 0 ? State::waiting : State::running),
      turn_(io, [this] { turn(); }) {
    batch_.reserve(kMaxBatch);
}

/// Not as soon as it is known: what else is wrong with the settings is told in one line alone.
void ReplayFeed::log_scan() const {
    auto const log = logger("feed");
    log->info("event=replay_scanned file={} rows={} bad_rows={}", spec_.file, scan_.rows,
              scan_.bad_rows);
    if (!scan_.fault.empty()) {
        log->error("event=replay_unreadable file={} rows={} error=\"{}\"", spec_.file, scan_.rows,
                   scan_.fault);
    }
    if (scan_.rows_without_room > 0) {
        log->warn("event=replay_rows_left_out file={} rows={} max_known_tickers={}", spec_.file,
                  scan_.rows_without_room, table_.max_size());
    }
}

void ReplayFeed::start() {
    thread_.check();
    log_scan();
    if (state_ == State::running) begin_pass(clock_.now());
    if (state_ != State::ended) turn_.soon();
}

void ReplayFeed::stop() noexcept {
    thread_.check();
    state_ = State::ended;
    turn_.cancel();
}

void ReplayFeed::turn() {
    thread_.check();
    if (state_ == State::waiting) {
        poll_start();
        return;
    }
    bool const more = publish_due(clock_.now());
    flush();
    if (state_ != State::running) return;  // at its end, or stopped by the sink
    if (more) {
        turn_.soon();
    } else {
        turn_.at(pending_ ? due(pending_->ts_ns) : pass_began_);
    }
}

void ReplayFeed::poll_start() {
    auto const now = clock_.now();
    if (streams_started_() < spec_.start_after_streams) {
        turn_.at(now + kStartPoll);
        return;
    }
    logger("feed")->info("event=replay_started streams={}", spec_.start_after_streams);
    state_ = State::running;
    begin_pass(now);
    turn_.soon();
}

/// Puts what is due into the batch. True if the turn was used up before the rows that are due.
bool ReplayFeed::publish_due(SteadyTime turn_began) {
    bool const paced = spec_.speed > 0;
    while (state_ == State::running) {
        if (pending_) {
            if (paced && due(pending_->ts_ns) > turn_began) return false;
            batch_.push_back(pending_->tick);
            pending_.reset();
        } else {
            if (paced && pass_began_ > turn_began) return false;
            read_item();
        }
        if (batch_.size() >= kMaxBatch || clock_.now() - turn_began >= kMaxTurn) return true;
    }
    return false;
}

void ReplayFeed::read_item() {
    auto const item = reader_.next();
    if (auto const* const row = std::get_if<CsvRow>(&item)) {
        take_row(*row);
    } else if (auto const* const fault = std::get_if<CsvFault>(&item)) {
        reject(fault->reason, fault->what);
    } else if (auto const* const end = std::get_if<CsvTickReader::End>(&item)) {
        pass_ended(end->fault);
    }
}

void ReplayFeed::take_row(CsvRow const& row) {
    auto const id = id_of(row.ticker);
    if (!id) {
        reject(RejectReason::limit, "no room for its ticker (--max-known-tickers)");
        return;
    }
    if (!first_ts_ns_) first_ts_ns_ = row.ts_ns;
    last_due_ = std::max(last_due_, due(row.ts_ns));
    pending_.emplace(Pending{row.ts_ns, row.update});
    pending_->tick.ticker = *id;
}

void ReplayFeed::reject(RejectReason reason, char const* what) {
    sink_.rejected(FeedKind::replay, reason);
    if (auto const held_back = bad_row_log_.admit(clock_.now())) {
        logger("feed")->warn(
            "event=replay_bad_row file={} line={} reason={} what=\"{}\" left_out={}", spec_.file,
            reader_.line(), name(reason), what, *held_back);
    }
}

void ReplayFeed::pass_ended(std::string const& fault) {
    bool const had_rows = first_ts_ns_.has_value();
    if (!fault.empty()) {
        logger("feed")->error("event=replay_ended file={} line={} error=\"{}\"", spec_.file,
                              reader_.line(), fault);
    } else if (!had_rows) {
        logger("feed")->warn("event=replay_ended file={} why=\"no good row in it\"", spec_.file);
    } else if (!spec_.loop) {
        logger("feed")->info("event=replay_ended file={}", spec_.file);
    }
    if (!fault.empty() || !had_rows || !spec_.loop) {
        state_ = State::ended;
        return;
    }
    reader_.rewind();
    begin_pass(std::max(last_due_, pass_began_ + kMinPass));
}

void ReplayFeed::begin_pass(SteadyTime at) {
    pass_began_ = at;
    last_due_ = at;
    first_ts_ns_.reset();
}

SteadyTime ReplayFeed::due(std::int64_t ts_ns) const noexcept {
    if (spec_.speed <= 0 || !first_ts_ns_ || ts_ns <= *first_ts_ns_) return pass_began_;
    auto const ahead_ns = static_cast<double>(ts_ns - *first_ts_ns_) / spec_.speed;
    return pass_began_ + Duration{static_cast<Duration::rep>(std::min(ahead_ns, kMaxAheadNs))};
}

std::optional<TickerId> ReplayFeed::id_of(Ticker const& ticker) {
    if (auto const found = ids_.find(ticker); found != ids_.end()) return found->second;
    auto const id = table_.make_known(ticker);
    if (!id) return std::nullopt;
    ids_.emplace(ticker, *id);
    return id;
}

void ReplayFeed::flush() {
    if (!batch_.empty()) sink_.ingest(FeedKind::replay, batch_);
    batch_.clear();
}

}  // namespace tickcast
