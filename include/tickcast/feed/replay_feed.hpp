// Replays recorded ticks as they came, faster or slower. Control thread; owned by the Application.
// Bounds: 256 rows or 1 ms a turn of the loop, then whatever else is ready goes first.
#pragma once

#include "tickcast/base/clock.hpp"
#include "tickcast/base/rate_limit.hpp"
#include "tickcast/base/thread_checker.hpp"
#include "tickcast/feed/bad_row_log.hpp"
#include "tickcast/feed/feed.hpp"
#include "tickcast/feed/feed_spec.hpp"
#include "tickcast/feed/loop_turn.hpp"
#include "tickcast/feed/replay_file.hpp"
#include "tickcast/feed/replay_pacer.hpp"
#include "tickcast/hub/tick_sink.hpp"
#include "tickcast/model/ticker_table.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace tickcast {

class ReplayFeed final : public Feed {
public:
    static constexpr std::size_t kMaxBatch = 256;
    /// A looping replay whose file is no good looks at it again after this (CONTRACT RPL-21).
    static constexpr Duration kRetry = std::chrono::seconds{10};
    /// A longer wait for a row is logged (CONTRACT RPL-17).
    static constexpr Duration kLongWait = std::chrono::seconds{60};

    /// Streams that have had their snapshot since the start of the process.
    using StreamsStarted = std::function<std::uint64_t()>;

    /// Scans the file and makes its tickers known; the error is a text for the operator.
    static Result<std::unique_ptr<ReplayFeed>, std::string> open(
        ReplaySpec const& spec, TickerTable& table, TickSink& sink, asio::io_context& io,
        Clock const& clock, StreamsStarted streams_started, Duration retry = kRetry);

    FeedKind kind() const noexcept override { return FeedKind::replay; }
    void start() override;
    void stop() noexcept override;
    bool up() const noexcept override { return state_ != State::ended && !down_; }
    bool waiting() const noexcept override { return state_ == State::waiting; }

private:
    enum class State : std::uint8_t {
        waiting,   ///< for streams (start=N)
        scanning,  ///< reads a changed file through
        running,
        retrying,  ///< the file is no good: another look after a pause
        ended,
    };
    struct Pending {
        SteadyTime due{};
        TickUpdate tick{};
        bool wait_logged{false};
    };

    ReplayFeed(ReplaySpec const& spec, ReplayFile file, TickerTable& table, TickSink& sink,
               asio::io_context& io, Clock const& clock, StreamsStarted streams_started,
               Duration retry);

    void log_scan(char const* event) const;
    void turn();
    void soon();
    void at(SteadyTime when);
    void poll_start();
    void run_turn();
    bool replaced_during_a_wait(SteadyTime now);
    bool gives_way(SteadyTime now);
    void put_off_after_a_pause(SteadyTime now);
    bool publish_due(SteadyTime turn_began);
    bool keeps_waiting(SteadyTime now);
    void read_item();
    void take_row(CsvRow const& row);
    void reject(CsvFault const& fault);
    void pass_ended(CsvTickReader::End const& end);
    void end(std::string const& why);
    void begin();
    void play();
    void read_again();
    void scan_turn();
    void scanned();
    void retry_later(std::string const& why);
    std::optional<TickerId> id_of(Ticker const& ticker);
    void flush();

    ReplaySpec const spec_;
    ReplayFile file_;
    TickerTable& table_;
    TickSink& sink_;
    Clock const& clock_;
    StreamsStarted streams_started_;
    Duration const retry_;
    Duration left_out_;     ///< of the clock's, when last looked at
    bool gave_way_{false};  ///< the last turn did, to the clock's
    State state_;
    bool down_{false};        ///< since a look at the file that found it no good
    std::string down_why_{};  ///< as logged
    ReplayPacer pacer_;
    SteadyTime armed_for_{};            ///< when the next turn should come
    std::uint64_t rows_{0};             ///< good ones of this pass
    std::optional<Pending> pending_{};  ///< read, and not yet due when last looked at
    std::vector<TickUpdate> batch_;
    std::unordered_map<Ticker, TickerId> ids_;  ///< the table's, without its lock
    BadRowLog bad_rows_;
    LogLimiter read_again_log_{1, std::chrono::seconds{10}};
    LoopTurn turn_;
    ThreadChecker thread_;
};

}  // namespace tickcast
