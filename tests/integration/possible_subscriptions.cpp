#include "integration/possible_subscriptions.hpp"

#include <algorithm>
#include <utility>

namespace tickcast::test {

namespace {

bool is_in(Tickers const& tickers, std::string const& ticker) {
    return std::find(tickers.begin(), tickers.end(), ticker) != tickers.end();
}

}  // namespace

PossibleSubscriptions::PossibleSubscriptions(Subscription first) {
    set({State{.session = std::move(first), .applied = 0, .patched = {}}});
}

Subscription PossibleSubscriptions::after(Subscription session, SubscriptionChange const& change) {
    auto& tickers = session.tickers;
    std::erase_if(tickers, [&](auto const& ticker) { return is_in(change.removed, ticker); });
    for (auto const& ticker : change.added) {
        if (!is_in(tickers, ticker)) tickers.push_back(ticker);
    }
    session.throttle_ms = change.throttle_ms.value_or(session.throttle_ms);
    return session;
}

void PossibleSubscriptions::set(std::set<State> const& states) {
    std::vector<State> found{states.begin(), states.end()};
    now_.clear();
    while (!found.empty()) {
        auto state = std::move(found.back());
        found.pop_back();
        if (now_.contains(state)) continue;
        if (state.applied < messages_.size()) {
            found.push_back(
                {after(state.session, messages_[state.applied]), state.applied + 1, state.patched});
        }
        if (patch_ && !state.patched) {
            auto const patched = after(state.session, *patch_);
            found.push_back({patched, state.applied, patched});
        }
        ever_.insert(state.session);
        now_.insert(std::move(state));
    }
}

void PossibleSubscriptions::message_sent(SubscriptionChange change) {
    messages_.push_back(std::move(change));
    set(std::exchange(now_, {}));
}

void PossibleSubscriptions::patch_sent(SubscriptionChange change) {
    patch_ = std::move(change);
    set(std::exchange(now_, {}));
}

bool PossibleSubscriptions::patch_answered(Subscription const& session) {
    patch_.reset();
    std::set<State> states;
    for (auto const& state : now_) {
        if (state.patched == session) states.insert({state.session, state.applied, {}});
    }
    set(states);
    return !now_.empty();
}

void PossibleSubscriptions::stream_replaced() {
    messages_.clear();
    std::set<State> states;
    for (auto const& state : now_)
        states.insert({state.session, 0, state.patched});
    set(states);
}

bool PossibleSubscriptions::may_have_been(NamedSubscription const& named) const {
    return std::any_of(ever_.begin(), ever_.end(),
                       [&](Subscription const& session) { return named.fits(session); });
}

bool PossibleSubscriptions::is_now(Subscription const& session) {
    std::erase_if(now_, [&](State const& state) { return state.session != session; });
    set(std::exchange(now_, {}));
    return !now_.empty();
}

bool PossibleSubscriptions::settle(NamedSubscription const& session) {
    std::erase_if(now_, [&](State const& state) {
        return state.applied != messages_.size() || !session.fits(state.session);
    });
    ever_.clear();
    stream_replaced();
    return !now_.empty();
}

}  // namespace tickcast::test
