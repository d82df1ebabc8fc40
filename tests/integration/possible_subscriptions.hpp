// What a session can be subscribed to while changes of it are under way: messages on its stream are
// applied in their order, a PATCH at any time between its request and its answer. A value; one
// thread. Bound: the changes since the last `settle`.
#pragma once

#include <compare>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace tickcast::test {

using Tickers = std::vector<std::string>;

struct Subscription {
    Tickers tickers;
    unsigned throttle_ms{0};
    auto operator<=>(Subscription const&) const = default;
};

/// What a message of a stream says about its session. A snapshot does not name the throttle.
struct NamedSubscription {
    Tickers tickers;
    std::optional<unsigned> throttle_ms;
    bool fits(Subscription const& subscription) const {
        return tickers == subscription.tickers &&
               throttle_ms.value_or(subscription.throttle_ms) == subscription.throttle_ms;
    }
};

/// A message of the client or a PATCH. Removal comes before adding.
struct SubscriptionChange {
    Tickers removed;
    Tickers added;
    std::optional<unsigned> throttle_ms;
};

class PossibleSubscriptions {
public:
    explicit PossibleSubscriptions(Subscription first);

    /// The client sent this change on its stream.
    void message_sent(SubscriptionChange change);
    /// The PATCH before this one was answered.
    void patch_sent(SubscriptionChange change);
    /// The PATCH was answered by the session as it was just after; false if that cannot be.
    [[nodiscard]] bool patch_answered(Subscription const& session);
    /// Another stream has the session now: messages of the one before have no more effect.
    void stream_replaced();

    /// Whether the session can have been this at any time since the last `settle`.
    bool may_have_been(NamedSubscription const& named) const;
    /// The session is this now; false if that cannot be.
    [[nodiscard]] bool is_now(Subscription const& session);
    /// The session is this, and all messages were applied; false if that cannot be.
    [[nodiscard]] bool settle(NamedSubscription const& session);
    /// How many different ones there can have been since then.
    std::size_t size() const noexcept { return ever_.size(); }

private:
    struct State {
        Subscription session;
        std::size_t applied{0};               ///< so many messages
        std::optional<Subscription> patched;  ///< just after the PATCH, if that was applied
        auto operator<=>(State const&) const = default;
    };

    static Subscription after(Subscription session, SubscriptionChange const& change);
    /// These states are possible, and those that changes under way make of them.
    void set(std::set<State> const& states);

    std::set<State> now_;
    std::vector<SubscriptionChange> messages_;  ///< of this stream since the last `settle`
    std::optional<SubscriptionChange> patch_;
    std::set<Subscription> ever_;
};

}  // namespace tickcast::test
