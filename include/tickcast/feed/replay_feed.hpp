// Replays recorded ticks as they came, faster or slower. Control thread; owned by the Application.
// Bounds: 256 rows or 1 ms a turn of the loop, then whatever else is ready goes first.
#pragma once

#include "tickcast/base/clock.hpp"
#include "tickcast/base/rate_limit.hpp"
#include "tickcast/base/thread_checker.hpp"
#include "tickcast/feed/csv_tick_reader.hpp"
#include "tickcast/feed/feed.hpp"
#include "tickcast/feed/feed_spec.hpp"
#include "tickcast/feed/loop_turn.hpp"
#include "tickcast/hub/tick_sink.hpp"
#include "tickcast/model/ticker_table.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace tickcast {

class ReplayFeed final : public Feed {
public:
    static constexpr std::size_t kMaxBatch = 256;
    /// A pass of a paced loop takes at least this, so that a file of one instant does not spin.
    static constexpr Duration kMinPass = std::chrono::milliseconds{100};

    /// Streams that have had their snapshot since the start of the process.
    using StreamsStarted = std::function<std::uint64_t()>;

    /// Scans the file and makes its tickers known; the error is a text for the operator.
    static Result<std::unique_ptr<ReplayFeed>, std::string> open(ReplaySpec const& spec,
                                                                 TickerTable& table, TickSink& sink,
                                                                 asio::io_context& io,
                                                                 Clock const& clock,
                                                                 StreamsStarted streams_started);

    FeedKind kind() const noexcept override { return FeedKind::replay; }
    void start() override;
    void stop() noexcept override;
    bool up() const noexcept override { return state_ != State::ended; }
    bool waiting() const noexcept override { return state_ == State::waiting; }

private:
    enum class State : std::uint8_t { waiting, running, ended };
    struct Pending {
        std::int64_t ts_ns{0};
        TickUpdate tick{};
    };

    ReplayFeed(ReplaySpec const& spec, CsvTickReader reader, TickerTable& table, TickSink& sink,
               asio::io_context& io, Clock const& clock, StreamsStarted streams_started);

    void log_scan() const;
    void turn();
    void poll_start();
    bool publish_due(SteadyTime turn_began);
    void read_item();
    void take_row(CsvRow const& row);
    void reject(RejectReason reason, char const* what);
    void pass_ended(std::string const& fault);
    void begin_pass(SteadyTime at);
    SteadyTime due(std::int64_t ts_ns) const noexcept;
    std::optional<TickerId> id_of(Ticker const& ticker);
    void flush();

    ReplaySpec const spec_;
    CsvTickReader reader_;
    ReplayScan scan_;
    TickerTable& table_;
    TickSink& sink_;
    Clock const& clock_;
    StreamsStarted streams_started_;
    State state_;
    SteadyTime pass_began_{};
    SteadyTime last_due_{};
    std::optional<std::int64_t> first_ts_ns_{};  ///< of this pass
    std::optional<Pending> pending_{};           ///< read, and not yet due when last looked at
    std::vector<TickUpdate> batch_;
    std::unordered_map<Ticker, TickerId> ids_;  ///< the table's, without its lock
    LogLimiter bad_row_log_{1, std::chrono::seconds{10}};
    LoopTurn turn_;
    ThreadChecker thread_;
};

}  // namespace tickcast
