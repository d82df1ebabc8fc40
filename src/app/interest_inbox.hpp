// Carries the shards' interests to the router: `change` runs on any shard's thread, the delivery on
// the control thread. The inbox holds a shard's ticker from the first interest until the router
// knows that the shard has none any more, so that the ticker keeps its id. Owner: the Application;
// outlives the shards. Bound: one message per change of a shard's set of tickers with subscribers.
#pragma once

#include "tickcast/hub/interest.hpp"
#include "tickcast/model/ticker_table.hpp"
#include "tickcast/runtime/inbox.hpp"

#include <functional>
#include <utility>

namespace tickcast {

class InterestInbox final : public InterestSink {
public:
    InterestInbox(asio::io_context& control, TickerTable& tickers)
        : tickers_(tickers), inbox_(control) {}

    /// Set once, before a shard runs.
    void on_change(std::function<void(InterestChange)> deliver) {
        inbox_.on_message([this, deliver = std::move(deliver)](InterestChange change) {
            deliver(change);
            auto const ticker = change.topic.ticker();
            if (change.request == 0) tickers_.release({&ticker, 1});
        });
    }

    void change(InterestChange change) override {
        auto const ticker = change.topic.ticker();
        if (change.request != 0) tickers_.acquire({&ticker, 1});
        inbox_.put(change);
    }

private:
    TickerTable& tickers_;
    Inbox<InterestChange> inbox_;
};

}  // namespace tickcast
