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
        (*chunks_[index])[i].ticker = TickerId{static_cast<std::uint32_t>(index * kChunk + i)};
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

void QuoteRouter::encode(Entry const& of, TickEncoding encoding, TickRecord& record) noexcept {
    record.topic = {of.ticker, encoding};
    record.sequence = of.quote.sequence;
    record.taken_in_ns = of.taken_in_ns;
    record.size = 0;
    if (of.quote.sequence == 0) return;
    auto const& row = kTickEncodingTable[index_of(encoding)];
    record.size = static_cast<std::uint16_t>(row.encode(*of.name, of.quote, record.bytes));
}

void QuoteRouter::publish(SteadyTime now) {
    for (auto* const from : touched_) {
        from->touched = false;
        from->taken_in_ns = Duration{now.time_since_epoch()}.count();
        for (auto const& row : kTickEncodingTable) {
            auto const& shards = from->interested[index_of(row.value)];
            if (shards.empty()) continue;
            auto& record = records_.add();
            encode(*from, row.value, record);
            published_.push_back({&record, &shards});
        }
    }
    touched_.clear();
    if (!published_.empty()) put_into_mailboxes();
    published_.clear();
    records_.clear();
}

void QuoteRouter::put_into_mailboxes() {
    for (std::uint32_t shard = 0; shard < mailboxes_.size(); ++shard) {
        auto const wanted = [&](Published const& tick) {
            return std::find(tick.shards->begin(), tick.shards->end(), shard) != tick.shards->end();
        };
        if (std::none_of(published_.begin(), published_.end(), wanted)) continue;
        TickMailbox::Batch batch{*mailboxes_[shard]};
        for (auto const& tick : published_) {
            if (wanted(tick)) batch.put(*tick.record);
        }
    }
}

void QuoteRouter::change(InterestChange change) {
    thread_.check();
    auto& of = entry(change.topic.ticker());
    auto const encoding = change.topic.encoding();
    auto& shards = of.interested[index_of(encoding)];
    bool const was_watched = of.is_watched();
    std::erase(shards, change.shard);
    if (change.request != 0) {
        shards.push_back(change.shard);
        TickRecord answer;
        encode(of, encoding, answer);
        TickMailbox::Batch{*mailboxes_[change.shard]}.put(answer, change.request);
    }
    if (!was_watched && of.is_watched()) ++watched_;
    if (was_watched && !of.is_watched()) --watched_;
    for (auto& feed : metrics_.all()) {
        feed.subscriptions.set(static_cast<std::int64_t>(watched_));
    }
}

std::string QuoteRouter::quotes_json(std::span<TickerId const> tickers) const {
    thread_.check();
    std::string json{"["};
    TickRecord quote;
    for (auto const id : tickers) {
        auto const* const of = find(id);
        if (of == nullptr || of->quote.sequence == 0) continue;
        encode(*of, TickEncoding::json, quote);
        if (json.size() > 1) json += ',';
        json += quote.text();
    }
    return json += ']';
}

std::optional<SteadyTime> QuoteRouter::last_tick(FeedKind feed) const noexcept {
    return last_tick_[feed.value];
}

}  // namespace tickcast
