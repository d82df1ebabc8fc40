// The replay feed: recorded ticks in their recorded rhythm, faster or slower. This class is its
// state machine: it waits for streams, plays, starts over, and reads a file again that was changed
// or is unusable. Owner: app/Feeds; control thread. Bound: a turn of the loop takes
// ReplayPlayer::kMaxTurn; then other ready handlers run first.
#pragma once

#include "feed/loop_turn.hpp"
#include "feed/replay/late_turn.hpp"
#include "feed/replay/replay_file.hpp"
#include "feed/replay/replay_player.hpp"
#include "feed/replay/replay_spec.hpp"
#include "tickcast/base/clock.hpp"
#include "tickcast/base/rate_limit.hpp"
#include "tickcast/base/thread_checker.hpp"
#include "tickcast/feed/feed.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace tickcast {

struct FeedText;

class ReplayFeed final : public Feed {
public:
    /// After this time a looping replay examines an unusable file again (CONTRACT RPL-21).
    static constexpr Duration kRetry = std::chrono::seconds{10};

    /// Scans the file and makes its tickers known; the error is a text for the operator.
    static Result<std::unique_ptr<ReplayFeed>, std::string> open(ReplaySpec const& spec,
                                                                 FeedKind kind,
                                                                 FeedContext const& context,
                                                                 Duration retry = kRetry);
    /// For the feed registry.
    static Result<FeedMaker, std::string> parse(FeedText const& text);

    void start() override;
    void stop() noexcept override;
    bool up() const noexcept override { return state_ != State::ended && !is_down(); }
    bool waiting() const noexcept override { return state_ == State::waiting; }

private:
    enum class State : std::uint8_t {
        waiting,   ///< for streams (start=N)
        scanning,  ///< reads a changed file through
        running,
        retrying,  ///< the file is unusable: it is examined again later
        ended,
    };

    ReplayFeed(ReplaySpec const& spec, ReplayFile file, FeedKind kind, FeedContext const& context,
               Duration retry);

    /// The last look at the file found it unusable.
    bool is_down() const noexcept { return !down_why_.empty(); }

    void turn();
    void soon();
    void at(SteadyTime when);
    void poll_start();
    void begin();
    void play();
    void run_turn();
    void put_off_after_a_pause(SteadyTime now);
    bool replaced_during_a_wait(SteadyTime now);
    bool begin_next_pass();
    void end(std::string const& why);
    void read_again();
    void scan_turn();
    void scanned();
    void log_scan(char const* event) const;
    void retry_later(std::string const& why);

    ReplaySpec const spec_;
    ReplayFile file_;
    Clock const& clock_;
    std::function<std::uint64_t()> const streams_started_;
    Duration const retry_;
    State state_;
    std::string down_why_{};  ///< as logged
    ReplayPlayer player_;
    LogLimiter read_again_log_{1, std::chrono::seconds{10}};
    LateTurn late_;
    LoopTurn turn_;
    ThreadChecker thread_;
};

}  // namespace tickcast
