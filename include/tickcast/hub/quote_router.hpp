// The newest merged quote of every ticker, and the way from feeds to shards: stamps `t` and `n`,
// encodes a tick once, and gives it only to the shards that have a subscriber for it.
// Owner: the Application; control thread only. Bound: one quote a ticker of the TickerTable.
#pragma once

#include "tickcast/base/clock.hpp"
#include "tickcast/base/thread_checker.hpp"
#include "tickcast/feed/tick_sink.hpp"
#include "tickcast/hub/interest.hpp"
#include "tickcast/hub/tick_mailbox.hpp"
#include "tickcast/metrics/feed_metrics.hpp"
#include "tickcast/model/ticker_table.hpp"

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tickcast {

class QuoteRouter final : public TickSink {
public:
    /// All outlive the router.
    QuoteRouter(TickerTable const& tickers, FeedMetrics& metrics, Clock const& clock,
                std::vector<TickMailbox*> mailboxes);

    void ingest(FeedKind feed, std::span<TickUpdate const> ticks) noexcept override;
    void rejected(FeedKind feed, RejectReason reason) noexcept override;

    /// Answers a new interest with the newest quote, before any later tick of that ticker.
    void change(InterestChange change);

    /// JSON array of the newest ticks of these, in their order; those without a quote left out.
    std::string quotes_json(std::span<TickerId const> tickers) const;
    /// When the newest tick of any ticker of this kind of feed was taken in (steady); nothing
    /// before the first.
    std::optional<SteadyTime> last_tick(FeedKind feed) const noexcept;
    /// How many tickers some shard is interested in.
    std::size_t watched() const noexcept { return watched_; }

private:
    struct Entry {
        Quote quote;
        TickRecord record;
        std::vector<std::uint32_t> interested;  ///< shards
        bool touched{false};
        std::optional<Ticker> name;  ///< from its first tick on
    };
    /// Entries are made so many at a time and stay where they are: to move 100,000 of them would
    /// hold up every feed.
    static constexpr std::size_t kChunk = 64;
    using Chunk = std::array<Entry, kChunk>;

    Entry& entry(TickerId id);
    void make_chunk(std::size_t index);
    Entry const* find(TickerId id) const noexcept;
    void publish(SteadyTime now);

    TickerTable const& tickers_;
    FeedMetrics& metrics_;
    Clock const& clock_;
    std::vector<TickMailbox*> const mailboxes_;
    std::vector<std::unique_ptr<Chunk>> chunks_;
    std::vector<Entry*> touched_;
    std::vector<std::optional<SteadyTime>> last_tick_;  ///< by kind of feed
    std::int64_t last_taken_in_us_{0};
    std::size_t watched_{0};
    ThreadChecker thread_;
};

}  // namespace tickcast
