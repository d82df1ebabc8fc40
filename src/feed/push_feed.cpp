#include "tickcast/feed/push_feed.hpp"

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

}  // namespace

Result<std::size_t> PushFeed::push(std::string_view body, PushFormat format) {
    auto ticks = parse_push_body(body, format);
    if (ticks) return apply(*ticks);
    refused(ticks.error().code);
    return ticks.error();
}

Result<std::size_t> PushFeed::apply(std::span<PushTick const> ticks) {
    thread_.check();
    if (stopped_) return Error{.code = ErrorCode::draining, .detail = "no more ticks are taken in"};
    if (ticks.empty()) return std::size_t{0};
    if (!make_room(ticks)) {
        refused(ErrorCode::too_many_tickers);
        return Error{.code = ErrorCode::too_many_tickers,
                     .detail = "there is no room for the body's new tickers",
                     .limit = table_.max_size()};
    }
    std::vector<TickUpdate> updates;
    updates.reserve(ticks.size());
    for (auto const& tick : ticks) {
        auto const id = table_.find_known(tick.ticker);
        TICKCAST_CHECK(id.has_value(), "known tickers stay, and this one was just made known");
        updates.push_back(tick.update);
        updates.back().ticker = *id;
    }
    sink_.ingest(FeedKind::push, updates);
    return updates.size();
}

/// All new tickers find room, or none is added. The table keeps all readers out only for new ones.
bool PushFeed::make_room(std::span<PushTick const> ticks) {
    std::vector<Ticker> fresh;
    for (auto const& tick : ticks) {
        if (!table_.find_known(tick.ticker)) fresh.push_back(tick.ticker);
    }
    return fresh.empty() || table_.make_all_known(fresh);
}

void PushFeed::refused(ErrorCode code) noexcept {
    thread_.check();
    sink_.rejected(FeedKind::push, reason_of(code));
}

}  // namespace tickcast
