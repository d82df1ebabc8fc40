#include "api/ticker_routes.hpp"

#include "api/tickers_query.hpp"
#include "tickcast/http/fields.hpp"
#include "tickcast/http/response.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

namespace tickcast {

/// Builds the listing in steps, so that other requests run in between. All requests that wait do
/// the steps of the same listing.
Awaitable<Outcome> get_tickers(PublicApi::State& state, Call) {
    auto const wanted = state.deps.context.tickers.known_count();
    while (!state.listing.covers(wanted)) {
        state.listing.step();
        co_await asio::post(co_await asio::this_coro::executor, use_await);
    }
    co_return Answer{.response = json_response(http::status::ok, state.listing.text())};
}

Awaitable<Outcome> get_quotes(PublicApi::State& state, Call call) {
    auto const names = parse_tickers_query(split_target(to_std(call.request.target())).query);
    if (!names) co_return Refusal{names.error()};
    auto const tickers = parse_tickers(*names);
    if (!tickers) co_return Refusal{tickers.error()};
    if (tickers->size() > kMaxQuotes) {
        co_return Refusal{Error{.code = ErrorCode::bad_query,
                                .detail = "more tickers than one call may ask for",
                                .limit = kMaxQuotes}};
    }
    std::vector<TickerId> ids;
    for (auto const& ticker : *tickers) {
        if (auto const id = state.deps.context.tickers.find_known(ticker)) ids.push_back(*id);
    }
    std::string quotes{"[]"};
    if (!ids.empty()) quotes = co_await state.deps.quotes.newest_quotes(std::move(ids));
    co_return Answer{.response = json_response(http::status::ok, "{\"quotes\":" + quotes + '}')};
}

}  // namespace tickcast
