#include "tickcast/hub/quote_router.hpp"

#include <algorithm>

namespace tickcast {

QuoteRouter::QuoteRouter(TickerTable const& tickers, FeedMetrics& metrics, Clock const& clock,
                         std::vector<TickMailbox*> mailboxes)
    : tickers_(tickers),
      metrics_(metrics),
      clock_(clock),
      mailboxes_(std::move(mailboxes)),
      last_tick_(metrics.all().size()) {}

QuoteRouter::Entry& QuoteRouter::entry(TickerId id) {
    auto const index = id.value / kChunk;
    if (index >= chunks_.size() || !chunks_[index]) make_chunk(index);
    return (*chunks_[index])[id.value % kChunk];
}

void QuoteRouter::make_chunk(std::size_t index) {
    if (index >= chunks_.size()) chunks_.resize(index + 1);
    chunks_[index] = std::make_unique<Chunk>();
    for (std::size_t i = 0; i < kChunk; ++i) {
        (*chunks_[index])[i].record.ticker =
            TickerId{static_cast<std::uint32_t>(index * kChunk + i)};
    }
}

QuoteRouter::Entry const* QuoteRouter::find(TickerId id) const noexcept {
    auto const index = id.value / kChunk;
    if (index >= chunks_.size() || !chunks_[index]) return nullptr;
    return &(*chunks_[index])[id.value % kChunk];
}

void QuoteRouter::ingest(FeedKind feed, std::span<TickUpdate const> ticks) noexcept {
    thread_.check();
    if (ticks.empty()) return;
    auto const now = clock_.now();
    // The wall clock may be set back; a ticker's `t` must not go back (CONTRACT TIC-8).
    last_taken_in_us_ = std::max(last_taken_in_us_, clock_.wall_us());
    for (auto const& tick : ticks) {
        auto& to = entry(tick.ticker);
        // Only from its first tick on does the id belong to this name permanently.
        if (to.quote.sequence == 0) to.name = tickers_.name(tick.ticker);
        to.quote.merge(tick);
        to.quote.taken_in_us = last_taken_in_us_;
        ++to.quote.sequence;
        if (!std::exchange(to.touched, true)) touched_.push_back(&to);
    }
    last_tick_[feed.value] = now;
    auto& counted = metrics_.of(feed);
    counted.ingested.add(ticks.size());
    counted.last_tick_us.set(last_taken_in_us_);
    publish(now);
}

void QuoteRouter::rejected(FeedKind feed, RejectReason reason) noexcept {
    metrics_.of(feed).rejected[index_of(reason)].add();
}

void QuoteRouter::publish(SteadyTime now) {
    for (auto* const from : touched_) {
        from->touched = false;
        from->record.sequence = from->quote.sequence;
        from->record.taken_in_ns = Duration{now.time_since_epoch()}.count();
        from->record.json_size =
            static_cast<std::uint16_t>(encode_tick(*from->name, from->quote, from->record.json));
    }
    for (std::uint32_t shard = 0; shard < mailboxes_.size(); ++shard) {
        auto const wanted = [&](Entry const* of) {
            auto const& shards = of->interested;
            return std::find(shards.begin(), shards.end(), shard) != shards.end();
        };
        if (std::none_of(touched_.begin(), touched_.end(), wanted)) continue;
        TickMailbox::Batch batch{*mailboxes_[shard]};
        for (auto const* const of : touched_) {
            if (wanted(of)) batch.put(of->record);
        }
    }
    touched_.clear();
}

void QuoteRouter::change(InterestChange change) {
    thread_.check();
    auto& of = entry(change.ticker);
    auto const before = of.interested.size();
    std::erase(of.interested, change.shard);
    if (change.request != 0) {
        of.interested.push_back(change.shard);
        TickMailbox::Batch batch{*mailboxes_[change.shard]};
        batch.put(of.record, change.request);
    }
    if (before == 0 && !of.interested.empty()) ++watched_;
    if (before != 0 && of.interested.empty()) --watched_;
    for (auto& feed : metrics_.all()) {
        feed.subscriptions.set(static_cast<std::int64_t>(watched_));
    }
}

std::string QuoteRouter::quotes_json(std::span<TickerId const> tickers) const {
    thread_.check();
    std::string json{"["};
    for (auto const id : tickers) {
        auto const* const of = find(id);
        if (of == nullptr || of->quote.sequence == 0) continue;
        if (json.size() > 1) json += ',';
        json += of->record.text();
    }
    return json += ']';
}

std::optional<SteadyTime> QuoteRouter::last_tick(FeedKind feed) const noexcept {
    return last_tick_[feed.value];
}

}  // namespace tickcast
