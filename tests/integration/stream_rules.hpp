// Holds the messages of one stream against the rules that need no knowledge of the server's state:
// none twice, none older after a newer one, none that was not asked for, snapshots first. Throws
// Fault. No I/O; one thread.
#pragma once

#include "integration/possible_subscriptions.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>

namespace tickcast::test {

class StreamRules {
public:
    explicit StreamRules(std::string session) : session_(std::move(session)) {}

    void take(nlohmann::json const& message);
    /// A close frame came: the goodbye before it must be the one of its code.
    void closed(int code) const;

    bool had_snapshot() const noexcept { return had_snapshot_; }
    /// Every ticker has had its snapshot.
    bool is_settled() const noexcept { return had_snapshot_ && added_.empty(); }
    /// What the first snapshot and each `subscribed` named, in order; the caller takes it out.
    std::deque<NamedSubscription>& named() noexcept { return named_; }
    std::size_t pongs() const noexcept { return pongs_; }
    std::size_t errors() const noexcept { return errors_; }
    std::uint64_t ticks() const noexcept { return ticks_; }

private:
    struct Moment {
        std::uint64_t n{0};
        std::int64_t t{0};
    };

    void take_snapshot(nlohmann::json const& message);
    void take_subscribed(nlohmann::json const& message);
    void take_ticks(nlohmann::json const& ticks);
    void take_quote(nlohmann::json const& quote, bool may_be_known);

    std::string const session_;
    std::set<std::string> subscribed_;      ///< the tickers that have had their snapshot
    std::set<std::string> added_;           ///< those that wait for it
    std::map<std::string, Moment> newest_;  ///< of all tickers that this stream ever had
    std::deque<NamedSubscription> named_;
    nlohmann::json goodbye_;
    std::size_t pongs_{0};
    std::size_t errors_{0};
    std::uint64_t ticks_{0};
    bool had_snapshot_{false};
};

}  // namespace tickcast::test
