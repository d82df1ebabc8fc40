// Plays the rows of a recording, pass after pass: gives them their tickers' ids and their time, and
// hands to the sink what is due. Counts and logs the rows that are no good.
// Owner: the ReplayFeed; control thread. Bounds: kMaxBatch rows or kMaxTurn at a time.
#pragma once

#include "feed/replay/bad_row_log.hpp"
#include "feed/replay/csv_tick_reader.hpp"
#include "feed/replay/replay_pacer.hpp"
#include "feed/replay/replay_spec.hpp"
#include "tickcast/base/clock.hpp"
#include "tickcast/feed/feed.hpp"
#include "tickcast/feed/tick_sink.hpp"
#include "tickcast/model/ticker_table.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace tickcast {

class ReplayPlayer {
public:
    static constexpr std::size_t kMaxBatch = 256;
    static constexpr Duration kMaxTurn = std::chrono::milliseconds{1};
    /// A longer wait for a row is logged (CONTRACT RPL-17).
    static constexpr Duration kLongWait = std::chrono::seconds{60};

    enum class Stop : std::uint8_t {
        turn_used_up,  ///< more may be due by now
        not_due,       ///< the next row is due at `next_at`
        pass_ended,    ///< see `end`
    };

    ReplayPlayer(ReplaySpec const& spec, FeedKind kind, FeedContext const& context);

    bool paced() const noexcept { return pacer_.paced(); }
    /// From the first row of the file that is read from now on.
    void begin_pass(SteadyTime now) noexcept;
    /// Right after the last row of the pass before.
    void begin_next_pass() noexcept { pacer_.begin_next_pass(); }
    /// Another file, or a new one under its name: its first bad rows are logged too.
    void begin_file() noexcept { bad_rows_.begin_file(); }

    /// Batches the rows that are due when the turn began; `publish` hands them on.
    Stop play(CsvTickReader& reader, SteadyTime turn_began);
    void publish();
    /// A row, or the pass, that was still to come when the last turn ended.
    SteadyTime next_at() const noexcept { return pending_ ? pending_->due : pacer_.pass_began(); }
    /// The next row was read, and waits.
    bool waits(SteadyTime now) const noexcept { return pending_ && pending_->due > now; }
    /// What is due later is due later still.
    void put_off(Duration by) noexcept;

    /// How the reading of the last pass ended.
    CsvTickReader::End const& end() const noexcept { return end_; }
    /// Ends the pass, also before its end; gives how many good rows it had.
    std::uint64_t end_pass(SteadyTime now);
    /// Logs what was kept back of the bad rows. The feed ends.
    void log_last() { bad_rows_.end(); }

private:
    struct Pending {
        SteadyTime due{};
        TickUpdate tick{};
        bool wait_logged{false};
    };

    /// False at the end of the pass.
    bool read_item(CsvTickReader& reader);
    void take_row(CsvRow const& row, CsvTickReader const& reader);
    void reject(CsvFault const& fault, CsvTickReader const& reader);
    bool keeps_waiting(CsvTickReader const& reader, SteadyTime now);
    std::optional<TickerId> id_of(Ticker const& ticker);

    std::string const file_;
    FeedKind const kind_;
    TickerTable& table_;
    TickSink& sink_;
    Clock const& clock_;
    ReplayPacer pacer_;
    std::uint64_t rows_{0};             ///< good ones of this pass
    std::optional<Pending> pending_{};  ///< read, and not yet due when last looked at
    std::vector<TickUpdate> batch_{};
    std::unordered_map<Ticker, TickerId> ids_{};  ///< the table's, without its lock
    BadRowLog bad_rows_;
    CsvTickReader::End end_{};
};

}  // namespace tickcast
