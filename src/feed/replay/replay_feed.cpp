#include "feed/replay/replay_feed.hpp"

#include "tickcast/base/logging.hpp"
#include "tickcast/runtime/peer_clock.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace tickcast {
namespace {

constexpr Duration kMaxTurn = std::chrono::milliseconds{1};
constexpr Duration kStartPoll = std::chrono::milliseconds{5};
/// Each may be 16 lines of 16 KiB, read as one again and again: see CsvTickReader.
constexpr std::size_t kScanStep = 4;
/// A turn that comes so much too late may have been put off by a pause (decision 16).
constexpr Duration kLate = PeerClock::kLeastPause;

double seconds(Duration duration) noexcept {
    return std::chrono::duration<double>(duration).count();
}

}  // namespace

Result<std::unique_ptr<ReplayFeed>, std::string> ReplayFeed::open(ReplaySpec const& spec,
                                                                  FeedKind kind,
                                                                  FeedContext const& context,
                                                                  Duration retry) {
    auto file = ReplayFile::open(spec.file, context.tickers);
    if (!file) return file.error();
    return std::unique_ptr<ReplayFeed>{
        new ReplayFeed{spec, *std::move(file), kind, context, retry}};
}

Result<FeedMaker, std::string> ReplayFeed::parse(FeedText const& text) {
    auto const spec = ReplaySpec::parse(text);
    if (!spec) return spec.error();
    return FeedMaker{
        [spec = *spec](FeedKind kind,
                       FeedContext const& context) -> Result<std::unique_ptr<Feed>, std::string> {
            auto opened = open(spec, kind, context);
            if (!opened) return opened.error();
            return std::unique_ptr<Feed>{*std::move(opened)};
        }};
}

ReplayFeed::ReplayFeed(ReplaySpec const& spec, ReplayFile file, FeedKind kind,
                       FeedContext const& context, Duration retry)
    : Feed(kind),
      spec_(spec),
      file_(std::move(file)),
      table_(context.tickers),
      sink_(context.sink),
      clock_(context.clock),
      streams_started_(context.streams_started),
      retry_(retry),
      left_out_(clock_.left_out()),
      state_(spec.start_after_streams > 0 ? State::waiting : State::running),
      pacer_(spec.speed, from_seconds(spec.max_gap_seconds)),
      bad_rows_(spec.file),
      turn_(context.io, [this] { turn(); }) {
    batch_.reserve(kMaxBatch);
}

/// Not as soon as it is known: what else is wrong with the settings is said in one line alone.
void ReplayFeed::log_scan(char const* event) const {
    auto const log = logger("feed");
    auto const& scan = file_.scan();
    log->info("event={} file={} rows={} bad_rows={} {}", event, spec_.file, scan.rows,
              sum(scan.bad_rows), counts_text(scan.bad_rows));
    if (!scan.end.fault.empty()) {
        log->error("event=replay_unreadable file={} rows={} error=\"{}\"", spec_.file, scan.rows,
                   scan.end.fault);
    }
    if (scan.rows_without_room > 0) {
        log->warn("event=replay_rows_left_out file={} rows={} max_known_tickers={}", spec_.file,
                  scan.rows_without_room, table_.max_size());
    }
}

void ReplayFeed::start() {
    thread_.check();
    log_scan("replay_scanned");
    if (state_ == State::running) begin();
    if (state_ == State::waiting) soon();
}

void ReplayFeed::stop() noexcept {
    thread_.check();
    if (state_ != State::ended) bad_rows_.end();
    state_ = State::ended;
    turn_.cancel();
}

void ReplayFeed::soon() {
    armed_for_ = clock_.now();
    turn_.soon();
}

void ReplayFeed::at(SteadyTime when) {
    armed_for_ = when;
    turn_.at(when);
}

void ReplayFeed::turn() {
    thread_.check();
    switch (state_) {
        case State::waiting:
            return poll_start();
        case State::scanning:
            return scan_turn();
        case State::running:
            return run_turn();
        case State::retrying:
            // What is as it was when it was no good is not read through again.
            if (file_.given_up()) return at(clock_.now() + retry_);
            return read_again();
        case State::ended:
            return;
    }
}

void ReplayFeed::poll_start() {
    if (streams_started_() < spec_.start_after_streams) {
        at(clock_.now() + kStartPoll);
        return;
    }
    logger("feed")->info("event=replay_started streams={}", spec_.start_after_streams);
    begin();
}

/// The first pass; the file may have been changed since it was scanned.
void ReplayFeed::begin() {
    if (file_.changed()) return read_again();
    play();
}

void ReplayFeed::play() {
    state_ = State::running;
    pacer_.begin_pass(std::max(clock_.now(), pacer_.pass_began() + ReplayPacer::kMinPass));
    soon();
}

void ReplayFeed::run_turn() {
    auto const now = clock_.now();
    if (gives_way(now)) return turn_.soon();
    put_off_after_a_pause(now);
    if (replaced_during_a_wait(now)) return read_again();
    bool const more = publish_due(now);
    flush();
    if (state_ != State::running) return;  // at its end, or stopped by the sink
    if (more) {
        soon();
    } else {
        auto const next = pending_ ? pending_->due : pacer_.pass_began();
        // In a long wait the file is looked at now and then: the wait may be what is to be fixed.
        at(spec_.loop ? std::min(next, now + retry_) : next);
    }
}

bool ReplayFeed::replaced_during_a_wait(SteadyTime now) {
    if (!spec_.loop || !pacer_.paced() || !pending_ || pending_->due <= now) return false;
    if (!file_.replaced()) return false;
    pending_.reset();
    rows_ = 0;
    bad_rows_.pass_ended(now);
    return true;
}

/// On waking this turn may come before that of the clock, which then knows of no pause yet. All
/// that is due by now is ready: the clock's turn comes before another of ours.
bool ReplayFeed::gives_way(SteadyTime now) {
    bool const first = !gave_way_ && now - armed_for_ >= kLate;
    gave_way_ = first && pacer_.paced();
    return gave_way_;
}

/// The replay goes on where it stood, as a film does: all that would have come meanwhile at once
/// would be of no use to anybody. A thread that is late because it works catches up.
void ReplayFeed::put_off_after_a_pause(SteadyTime now) {
    auto const left_out = clock_.left_out();
    auto const late = std::min(now - armed_for_, left_out - std::exchange(left_out_, left_out));
    if (!pacer_.paced() || late <= Duration{0}) return;
    pacer_.put_off(late);
    if (pending_) pending_->due += late;
    logger("feed")->info(
        "event=replay_put_off file={} seconds={:.3f} why=\"the process stood still\"", spec_.file,
        seconds(late));
}

/// Puts what is due into the batch. True if the turn was used up before the rows that are due.
bool ReplayFeed::publish_due(SteadyTime turn_began) {
    while (state_ == State::running) {
        if (pending_) {
            if (keeps_waiting(turn_began)) return false;
            batch_.push_back(pending_->tick);
            pending_.reset();
        } else {
            if (pacer_.paced() && pacer_.pass_began() > turn_began) return false;
            read_item();
        }
        if (batch_.size() >= kMaxBatch || clock_.now() - turn_began >= kMaxTurn) return true;
    }
    return false;
}

/// Whether the next row is not due yet.
bool ReplayFeed::keeps_waiting(SteadyTime now) {
    if (!pacer_.paced() || pending_->due <= now) return false;
    auto const wait = pending_->due - now;
    if (wait > kLongWait && !std::exchange(pending_->wait_logged, true)) {
        logger("feed")->warn(
            "event=replay_waits file={} line={} seconds={:.0f} what=\"the time "
            "recorded is so much later\"",
            spec_.file, file_.reader().line(), seconds(wait));
    }
    return true;
}

void ReplayFeed::read_item() {
    auto const item = file_.reader().next();
    if (auto const* const row = std::get_if<CsvRow>(&item)) {
        take_row(*row);
    } else if (auto const* const fault = std::get_if<CsvFault>(&item)) {
        reject(*fault);
    } else if (auto const* const end = std::get_if<CsvTickReader::End>(&item)) {
        pass_ended(*end);
    }
}

void ReplayFeed::take_row(CsvRow const& row) {
    auto const id = id_of(row.ticker);
    if (!id) {
        reject({RejectReason::limit, "no room for its ticker (--max-known-tickers)",
                CsvColumn::ticker, row.ticker.view()});
        return;
    }
    ++rows_;
    pending_.emplace(Pending{pacer_.due(row.ts_ns), row.update});
    pending_->tick.ticker = *id;
}

void ReplayFeed::reject(CsvFault const& fault) {
    sink_.rejected(kind(), fault.reason);
    bad_rows_.add(fault, file_.reader().line(), file_.reader().layout());
}

void ReplayFeed::pass_ended(CsvTickReader::End const& end) {
    auto const rows = std::exchange(rows_, 0);
    bad_rows_.pass_ended(clock_.now());
    auto const why = !end.fault.empty() ? end.fault : rows == 0 ? "no good row in it" : "";
    if (!spec_.loop) return this->end(why);
    if (file_.changed()) return read_again();
    if (!why.empty()) {
        if (!end.passing) file_.give_up();
        return retry_later(why);
    }
    file_.reader().rewind();
    pacer_.begin_next_pass();
}

void ReplayFeed::end(std::string const& why) {
    if (why.empty()) {
        logger("feed")->info("event=replay_ended file={}", spec_.file);
    } else {
        logger("feed")->error("event=replay_ended file={} line={} error=\"{}\"", spec_.file,
                              file_.reader().line(), why);
    }
    bad_rows_.end();
    state_ = State::ended;
}

void ReplayFeed::read_again() {
    if (auto const why = file_.reopen()) return retry_later(*why);
    state_ = State::scanning;
    soon();
}

void ReplayFeed::scan_turn() {
    auto const began = clock_.now();
    do {
        if (file_.scan_some(kScanStep)) return scanned();
    } while (clock_.now() - began < kMaxTurn);
    soon();
}

void ReplayFeed::scanned() {
    auto const& scan = file_.scan();
    if (!scan.end.fault.empty() || scan.rows == 0) {
        if (!scan.end.passing) file_.give_up();
        return retry_later(scan.rows == 0 && scan.end.fault.empty() ? "no good row in it"
                                                                    : scan.end.fault);
    }
    // A file that is always being written is read again after each pass.
    if (read_again_log_.admit(clock_.now()) || down_) log_scan("replay_read_again");
    bad_rows_.begin_file();
    down_ = false;
    down_why_.clear();
    play();
}

/// For a file that is no good now. Without `loop` that is the end.
void ReplayFeed::retry_later(std::string const& why) {
    if (!spec_.loop) return end(why);
    if (std::exchange(down_why_, why) != why) {
        logger("feed")->error("event=replay_unreadable file={} error=\"{}\" retry_seconds={:.0f}",
                              spec_.file, why, seconds(retry_));
    }
    down_ = true;
    state_ = State::retrying;
    at(clock_.now() + retry_);
}

std::optional<TickerId> ReplayFeed::id_of(Ticker const& ticker) {
    if (auto const found = ids_.find(ticker); found != ids_.end()) return found->second;
    auto const id = table_.make_known(ticker);
    if (!id) return std::nullopt;
    ids_.emplace(ticker, *id);
    return id;
}

void ReplayFeed::flush() {
    if (!batch_.empty()) sink_.ingest(kind(), batch_);
    batch_.clear();
}

}  // namespace tickcast
