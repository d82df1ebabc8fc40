// Plays the rows of a recording, pass after pass: gives each row its ticker's id and its time, and
// hands the due rows to the sink. Counts and logs bad rows. Owner: the ReplayFeed; control thread.
// Bounds: kMaxBatch rows or kMaxTurn at a time.
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
    /// A wait for one row that is longer than this is logged (CONTRACT RPL-17).
    static constexpr Duration kLongWait = std::chrono::seconds{60};

    enum class Stop : std::uint8_t {
        turn_used_up,  ///< more may be due by now
        not_due,       ///< the next row is due at `next_at`
        pass_ended,    ///< see `end`
    };

    ReplayPlayer(ReplaySpec const& spec, FeedKind kind, FeedContext const& context);

    bool paced() const noexcept { return pacer_.paced(); }
    /// Begins with the first row of a file.
    void begin_pass(SteadyTime now) noexcept;
    /// Begins right after the last row of the previous pass.
    void begin_next_pass() noexcept { pacer_.begin_next_pass(); }
    /// A new file begins, perhaps under the same name: its first bad rows are logged too.
    void begin_file() noexcept { bad_rows_.begin_file(); }

    /// Plays the rows that were due when the turn began, in batches; `publish` hands each batch to
    /// the sink.
    Stop play(CsvTickReader& reader, SteadyTime turn_began);
    void publish();
    /// When the row that waits is due; without one, when the pass began.
    SteadyTime next_at() const noexcept { return pending_ ? pending_->due : pacer_.pass_began(); }
    /// The next row was read and is not due yet.
    bool waits(SteadyTime now) const noexcept { return pending_ && pending_->due > now; }
    /// Delays all further rows.
    void put_off(Duration by) noexcept;

    /// How the reading of the last pass ended.
    CsvTickReader::End const& end() const noexcept { return end_; }
    /// Ends the pass, also before its last row; returns how many good rows it had.
    std::uint64_t end_pass(SteadyTime now);
    /// The feed ends: logs the counts of bad rows that were kept back.
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
    std::uint64_t rows_{0};             ///< good rows of this pass
    std::optional<Pending> pending_{};  ///< read, and not due yet at the last look
    std::vector<TickUpdate> batch_{};
    std::unordered_map<Ticker, TickerId>
        ids_{};  ///< a copy of the table's ids, read without its lock
    BadRowLog bad_rows_;
    CsvTickReader::End end_{};
};

}  // namespace tickcast
