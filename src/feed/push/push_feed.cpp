#include "tickcast/feed/push/push_feed.hpp"

#include "feed/feed_text.hpp"
#include "feed/push/push_parser.hpp"
#include "feed/push/push_queue.hpp"
#include "tickcast/base/check.hpp"
#include "tickcast/feed/tick_sink.hpp"
#include "tickcast/model/ticker_table.hpp"

#include <vector>

namespace tickcast {
namespace {

RejectReason reason_of(ErrorCode code) noexcept {
    switch (code) {
        case ErrorCode::invalid_ticker:
            return RejectReason::ticker;
        case ErrorCode::out_of_range:
            return RejectReason::range;
        case ErrorCode::too_many_tickers:
            return RejectReason::limit;
        default:
            return RejectReason::syntax;
    }
}

Error draining_push() {
    return Error{.code = ErrorCode::draining, .detail = "no more ticks are taken in"};
}

}  // namespace

PushFeed::PushFeed(FeedKind kind, FeedContext const& context)
    : Feed(kind),
      table_(context.tickers),
      sink_(context.sink),
      queue_(std::make_unique<PushQueue>(kind, context)) {}

Result<FeedMaker, std::string> PushFeed::parse(FeedText const& text) {
    if (text.query) return std::string{"push: takes no parameters"};
    return FeedMaker{};
}

PushFeed::~PushFeed() {
    stop();
}

void PushFeed::stop() noexcept {
    thread_.check();
    stopped_ = true;
    queue_->cut_short(draining_push(), kStopTime);
}

Result<std::size_t> PushFeed::push(std::string_view body, PushFormat format) {
    auto ticks = parse_push_body(body, format);
    if (ticks) return apply(*ticks);
    refused(ticks.error().code);
    return ticks.error();
}

Awaitable<Result<std::size_t>> PushFeed::push_in_slices(std::string_view body, PushFormat format) {
    thread_.check();
    if (stopped_) co_return draining_push();
    auto result = co_await queue_->take_in(body, format);
    if (!result && result.error().code != ErrorCode::draining) refused(result.error().code);
    co_return result;
}

Result<std::size_t> PushFeed::apply(std::span<PushTick const> ticks) {
    thread_.check();
    if (stopped_) return draining_push();
    if (ticks.empty()) return std::size_t{0};
    if (!make_room(ticks)) {
        refused(ErrorCode::too_many_tickers);
        return no_room_for_tickers(table_);
    }
    std::vector<TickUpdate> updates;
    updates.reserve(ticks.size());
    for (auto const& tick : ticks) {
        auto const id = table_.find_known(tick.ticker);
        TICKCAST_CHECK(id.has_value(), "known tickers stay, and this one was just made known");
        updates.push_back(tick.update);
        updates.back().ticker = *id;
    }
    sink_.ingest(kind(), updates);
    return updates.size();
}

/// Adds all new tickers, or none if they do not fit. The table's exclusive lock is needed for new
/// tickers only.
bool PushFeed::make_room(std::span<PushTick const> ticks) {
    std::vector<Ticker> fresh;
    for (auto const& tick : ticks) {
        if (!table_.find_known(tick.ticker)) fresh.push_back(tick.ticker);
    }
    return fresh.empty() || table_.make_all_known(fresh);
}

void PushFeed::refused(ErrorCode code) noexcept {
    thread_.check();
    sink_.rejected(kind(), reason_of(code));
}

}  // namespace tickcast
