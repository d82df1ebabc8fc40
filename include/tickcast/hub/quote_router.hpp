// The router from feeds to shards. It keeps the newest merged quote of every ticker, stamps `t` and
// `n`, encodes each tick once per encoding in use, and puts it only into the mailboxes of shards
// that have a subscriber for the topic. Owner: app/Intake; control thread only. Bounds: one quote
// per ticker of the TickerTable; one record per topic of a batch.
#pragma once

#include "tickcast/base/clock.hpp"
#include "tickcast/base/thread_checker.hpp"
#include "tickcast/feed/tick_sink.hpp"
#include "tickcast/hub/interest.hpp"
#include "tickcast/hub/tick_mailbox.hpp"
#include "tickcast/metrics/feed_metrics.hpp"
#include "tickcast/model/ticker_table.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tickcast {

class QuoteRouter final : public TickSink {
public:
    /// All parameters outlive the router.
    QuoteRouter(TickerTable const& tickers, FeedMetrics& metrics, Clock const& clock,
                std::vector<TickMailbox*> mailboxes);

    void ingest(FeedKind feed, std::span<TickUpdate const> ticks) noexcept override;
    void rejected(FeedKind feed, RejectReason reason) noexcept override;

    /// Answers a new interest with the newest quote, before any later tick of that ticker.
    void change(InterestChange change);

    /// A JSON array of the newest ticks of `tickers`, in that order, without tickers that have no
    /// quote.
    std::string quotes_json(std::span<TickerId const> tickers) const;
    /// Steady time at which the newest tick from a feed of this kind was taken in; nothing before
    /// the first tick.
    std::optional<SteadyTime> last_tick(FeedKind feed) const noexcept;

private:
    struct Entry {
        TickerId ticker{};
        Quote quote;
        std::int64_t taken_in_ns{0};  ///< of the newest tick, steady clock
        /// By encoding: the shards that have subscribers for the ticker. A tick is encoded only
        /// where there are any.
        std::array<std::vector<std::uint32_t>, kTickEncodings> interested;
        bool touched{false};
        std::optional<Ticker> name;  ///< set at its first tick

        bool is_watched() const noexcept {
            return std::any_of(interested.begin(), interested.end(),
                               [](auto const& shards) { return !shards.empty(); });
        }
    };
    /// Entries are made in chunks of this many and never move: moving 100,000 of them would hold up
    /// every feed.
    static constexpr std::size_t kChunk = 64;
    using Chunk = std::array<Entry, kChunk>;

    /// A record of the batch, and the shards that get it.
    struct Published {
        TickRecord const* record;
        std::vector<std::uint32_t> const* shards;
    };

    Entry& entry(TickerId id);
    void make_chunk(std::size_t index);
    Entry const* find(TickerId id) const noexcept;
    static void encode(Entry const& of, TickEncoding encoding, TickRecord& record) noexcept;
    void publish(SteadyTime now);
    void put_into_mailboxes();

    TickerTable const& tickers_;
    FeedMetrics& metrics_;
    Clock const& clock_;
    std::vector<TickMailbox*> const mailboxes_;
    std::vector<std::unique_ptr<Chunk>> chunks_;
    std::vector<Entry*> touched_;
    TickRecords records_;  ///< of the batch
    std::vector<Published> published_;
    std::vector<std::optional<SteadyTime>> last_tick_;  ///< by kind of feed
    std::int64_t last_taken_in_us_{0};
    std::size_t watched_{0};  ///< how many tickers at least one shard is interested in
    ThreadChecker thread_;
};

}  // namespace tickcast
