#include "feed/replay/replay_feed.hpp"

#include "feed/feed_text.hpp"
#include "tickcast/base/logging.hpp"

#include <algorithm>
#include <utility>

namespace tickcast {
namespace {

constexpr Duration kStartPoll = std::chrono::milliseconds{5};
/// Items per step. One item may be 16 lines of 16 KiB, which are read several times: see
/// CsvTickReader.
constexpr std::size_t kScanStep = 4;

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
      clock_(context.clock),
      streams_started_(context.streams_started),
      retry_(retry),
      state_(spec.start_after_streams > 0 ? State::waiting : State::running),
      player_(spec, kind, context),
      late_(clock_.left_out()),
      turn_(context.io, [this] { turn(); }) {}

void ReplayFeed::start() {
    thread_.check();
    log_scan("replay_scanned");
    if (state_ == State::running) begin();
    if (state_ == State::waiting) soon();
}

void ReplayFeed::stop() noexcept {
    thread_.check();
    if (state_ != State::ended) player_.log_last();
    state_ = State::ended;
    turn_.cancel();
}

void ReplayFeed::soon() {
    late_.planned(clock_.now());
    turn_.soon();
}

void ReplayFeed::at(SteadyTime when) {
    late_.planned(when);
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
            // An unusable file that has not changed since is not read again.
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
    player_.begin_pass(clock_.now());
    soon();
}

void ReplayFeed::run_turn() {
    using Stop = ReplayPlayer::Stop;
    auto const now = clock_.now();
    if (player_.paced() && late_.gives_way(now)) return turn_.soon();
    put_off_after_a_pause(now);
    if (replaced_during_a_wait(now)) {
        player_.end_pass(now);
        return read_again();
    }
    auto stop = player_.play(file_.reader(), now);
    while (stop == Stop::pass_ended && begin_next_pass())
        stop = player_.play(file_.reader(), now);
    player_.publish();
    if (state_ != State::running) return;  // the replay ended, or the sink stopped it
    if (stop == Stop::turn_used_up) {
        soon();
    } else {
        // During a long wait the file is examined regularly: an operator may replace it to end the
        // wait.
        auto const next = player_.next_at();
        at(spec_.loop ? std::min(next, now + retry_) : next);
    }
}

/// After a pause the replay goes on where it stood, as a film does: all missed ticks at once would
/// help nobody. A thread that is late because it works catches up instead.
void ReplayFeed::put_off_after_a_pause(SteadyTime now) {
    auto const paused = late_.paused(now, clock_.left_out());
    if (!player_.paced() || paused == Duration{0}) return;
    player_.put_off(paused);
    logger("feed")->info(
        "event=replay_put_off file={} seconds={:.3f} why=\"the process stood still\"", spec_.file,
        seconds(paused));
}

bool ReplayFeed::replaced_during_a_wait(SteadyTime now) {
    return spec_.loop && player_.paced() && player_.waits(now) && file_.replaced();
}

/// False if the next pass does not begin now: the replay has ended, or the file must be examined
/// first.
bool ReplayFeed::begin_next_pass() {
    auto const& end = player_.end();
    auto const rows = player_.end_pass(clock_.now());
    auto const why = !end.fault.empty() ? end.fault : rows == 0 ? "no good row in it" : "";
    if (!spec_.loop) {
        this->end(why);
    } else if (file_.changed()) {
        read_again();
    } else if (!why.empty()) {
        if (!end.passing) file_.give_up();
        retry_later(why);
    } else {
        file_.reader().rewind();
        player_.begin_next_pass();
    }
    return state_ == State::running;
}

void ReplayFeed::end(std::string const& why) {
    if (why.empty()) {
        logger("feed")->info("event=replay_ended file={}", spec_.file);
    } else {
        logger("feed")->error("event=replay_ended file={} line={} error=\"{}\"", spec_.file,
                              file_.reader().line(), why);
    }
    player_.log_last();
    state_ = State::ended;
}

void ReplayFeed::read_again() {
    auto const reopened = file_.reopen();
    if (!reopened) return retry_later(reopened.error());
    state_ = State::scanning;
    soon();
}

void ReplayFeed::scan_turn() {
    auto const began = clock_.now();
    do {
        if (file_.scan_some(kScanStep)) return scanned();
    } while (clock_.now() - began < ReplayPlayer::kMaxTurn);
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
    if (read_again_log_.admit(clock_.now()) || is_down()) log_scan("replay_read_again");
    player_.begin_file();
    down_why_.clear();
    play();
}

/// The file is unusable now: the feed tries again later, or without `loop` it ends.
void ReplayFeed::retry_later(std::string const& why) {
    if (!spec_.loop) return end(why);
    if (std::exchange(down_why_, why) != why) {
        logger("feed")->error("event=replay_unreadable file={} error=\"{}\" retry_seconds={:.0f}",
                              spec_.file, why, seconds(retry_));
    }
    state_ = State::retrying;
    at(clock_.now() + retry_);
}

/// Called late, not when the scan ends: a start that a wrong setting refuses must write its one
/// line alone.
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
                  scan.rows_without_room, file_.table().max_size());
    }
}

}  // namespace tickcast
