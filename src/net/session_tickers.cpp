#include "tickcast/net/session_tickers.hpp"

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
        auto const id = table.find(ticker);
        if (!id || !table.is_known(*id)) unknown.push_back(ticker.str());
    }
    return unknown;
}

/// Looks before it makes any, so that a list that does not fit leaves nothing behind.
bool fits(std::span<Ticker const> tickers, TickerTable const& table) {
    auto const fresh = std::count_if(tickers.begin(), tickers.end(),
                                     [&table](auto const& ticker) { return !table.find(ticker); });
    return fresh == 0 || table.size() + static_cast<std::size_t>(fresh) <= table.max_size();
}

}  // namespace

Result<std::vector<Ticker>> parse_tickers(std::span<std::string const> names) {
    std::vector<Ticker> tickers;
    std::unordered_set<Ticker> seen;
    Error invalid{.code = ErrorCode::invalid_ticker,
                  .detail = "a ticker is 1 to 16 of A-Z 0-9 . - ^ = / : _"};
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

Result<std::vector<TickerId>> resolve_tickers(std::span<std::string const> names,
                                              TickerRules const& rules, TickerTable& table,
                                              ShardMetrics& metrics) {
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
    std::vector<TickerId> ids;
    ids.reserve(tickers->size());
    bool room = fits(*tickers, table);
    for (auto it = tickers->begin(); room && it != tickers->end(); ++it) {
        auto const id = table.intern(*it);
        room = id.has_value();
        if (id) ids.push_back(*id);
    }
    if (!room) {
        metrics.limit_hit(Limit::max_known_tickers);
        return too_many("this server knows as many tickers as it may", table.max_size());
    }
    return ids;
}

}  // namespace tickcast
