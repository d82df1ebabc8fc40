#include "tickcast/session/session_tickers.hpp"

#include <algorithm>
#include <unordered_set>

namespace tickcast {

namespace {

Error too_many(std::string detail, std::size_t limit) {
    return Error{.code = ErrorCode::too_many_tickers, .detail = std::move(detail), .limit = limit};
}

std::vector<std::string> unknown_names(std::span<Ticker const> tickers, TickerTable const& table) {
    std::vector<std::string> unknown;
    for (auto const& ticker : tickers) {
        if (!table.find_known(ticker)) unknown.push_back(ticker.str());
    }
    return unknown;
}

}  // namespace

Result<std::vector<Ticker>> parse_tickers(std::span<std::string const> names) {
    std::vector<Ticker> tickers;
    std::unordered_set<Ticker> seen;
    Error invalid{.code = ErrorCode::invalid_ticker,
                  .detail = "a ticker is " + std::string{kTickerForm}};
    for (auto const& name : names) {
        auto const ticker = Ticker::parse(name);
        if (!ticker) {
            invalid.tickers.push_back(name);
        } else if (seen.insert(*ticker).second) {
            tickers.push_back(*ticker);
        }
    }
    if (!invalid.tickers.empty()) return invalid;
    return tickers;
}

Result<TickerHold> resolve_tickers(std::span<std::string const> names, TickerRules const& rules,
                                   TickerTable& table, ShardMetrics& metrics) {
    auto tickers = parse_tickers(names);
    if (!tickers) return std::move(tickers.error());
    if (tickers->size() > rules.max_tickers) {
        metrics.limit_hit(Limit::max_tickers_per_session);
        return too_many("more tickers than a session may have", rules.max_tickers);
    }
    if (!rules.accept_unknown) {
        auto unknown = unknown_names(*tickers, table);
        if (!unknown.empty()) {
            return Error{.code = ErrorCode::unknown_ticker,
                         .detail = "no feed has these tickers",
                         .tickers = std::move(unknown)};
        }
    }
    auto held = table.hold(*tickers);
    if (!held) {
        metrics.limit_hit(Limit::max_known_tickers);
        return too_many("this server knows as many tickers as it may", table.max_size());
    }
    return *std::move(held);
}

Result<SessionView> change_session(SessionMap& sessions, SessionId const& id,
                                   SessionPatch const& patch, TickerRules const& rules,
                                   TickerTable& table, ShardMetrics& metrics,
                                   std::optional<std::uint64_t> generation) {
    auto const removed = parse_tickers(patch.remove);
    if (!removed) return removed.error();
    auto added = resolve_tickers(patch.add, rules, table, metrics);
    if (!added) return std::move(added.error());
    // The ids of tickers that the session itself holds cannot change meanwhile; other ids have no
    // effect on it.
    auto view = sessions.change(id, {.remove = table.find_all(*removed),
                                     .add = *std::move(added),
                                     .throttle_ms = patch.throttle_ms,
                                     .generation = generation});
    if (!view && view.error().code == ErrorCode::too_many_tickers) {
        metrics.limit_hit(Limit::max_tickers_per_session);
    }
    return view;
}

}  // namespace tickcast
