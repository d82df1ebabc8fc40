#include "integration/stream_rules.hpp"

#include "integration/torture_socket.hpp"

namespace tickcast::test {

namespace {

void require(bool kept, char const* broken, nlohmann::json const& message) {
    if (!kept) throw Fault{std::string{broken} + ": " + message.dump()};
}

std::set<std::string> distinct(nlohmann::json const& tickers) {
    auto set = tickers.get<std::set<std::string>>();
    require(set.size() == tickers.size(), "a ticker twice in a list", tickers);
    return set;
}

}  // namespace

void StreamRules::take(nlohmann::json const& message) {
    require(goodbye_.is_null(), "a message behind the goodbye", message);
    auto const type = message.at("type").get<std::string>();
    if (type == "goodbye") {
        goodbye_ = message;
        return;
    }
    if (type == "snapshot") return take_snapshot(message);
    require(had_snapshot_, "a message before the snapshot", message);
    if (type == "subscribed") return take_subscribed(message);
    if (type == "ticks") return take_ticks(message.at("ticks"));
    if (type == "pong") {
        ++pongs_;
    } else if (type == "error") {
        ++errors_;
    } else {
        require(type == "heartbeat" || type == "status", "an unknown message", message);
    }
}

/// The first snapshot covers the whole session, a later one exactly what the change before it
/// added.
void StreamRules::take_snapshot(nlohmann::json const& message) {
    require(message.at("session_id") == session_, "another session's snapshot", message);
    auto const covered = distinct(message.at("tickers"));
    if (!had_snapshot_) {
        named_.push_back({message.at("tickers").get<Tickers>(), std::nullopt});
    } else {
        require(!covered.empty(), "a later snapshot of nothing", message);
        require(covered == added_, "a snapshot of other tickers than were added", message);
    }
    had_snapshot_ = true;
    added_.clear();
    subscribed_.insert(covered.begin(), covered.end());
    std::set<std::string> seen;
    for (auto const& quote : message.at("quotes")) {
        auto const ticker = quote.at("s").get<std::string>();
        require(covered.contains(ticker), "a quote that is not covered", message);
        require(seen.insert(ticker).second, "a ticker twice in a message", message);
        take_quote(quote, true);
    }
}

void StreamRules::take_subscribed(nlohmann::json const& message) {
    require(added_.empty(), "a change before the snapshot of the one before", message);
    auto const all = distinct(message.at("tickers"));
    std::erase_if(subscribed_, [&](auto const& ticker) { return !all.contains(ticker); });
    for (auto const& ticker : all) {
        if (!subscribed_.contains(ticker)) added_.insert(ticker);
    }
    named_.push_back(
        {message.at("tickers").get<Tickers>(), message.at("throttle_ms").get<unsigned>()});
}

void StreamRules::take_ticks(nlohmann::json const& ticks) {
    require(!ticks.empty(), "ticks without a tick", ticks);
    std::set<std::string> seen;
    for (auto const& tick : ticks) {
        auto const ticker = tick.at("s").get<std::string>();
        require(seen.insert(ticker).second, "a ticker twice in a message", ticks);
        require(subscribed_.contains(ticker), "not asked for, or before its snapshot", tick);
        take_quote(tick, false);
        ++ticks_;
    }
}

/// `may_be_known`: a ticker that comes back can have the quote that the client saw last.
void StreamRules::take_quote(nlohmann::json const& quote, bool may_be_known) {
    Moment const moment{quote.at("n").get<std::uint64_t>(), quote.at("t").get<std::int64_t>()};
    auto& newest = newest_[quote.at("s").get<std::string>()];
    require(moment.n > newest.n || (may_be_known && moment.n == newest.n), "n did not grow", quote);
    require(moment.t >= newest.t, "t went back", quote);
    newest = moment;
}

void StreamRules::closed(int code) const {
    static std::map<int, std::string> const goodbyes{
        {1001, "draining"}, {1008, "flooding"}, {4000, "deleted"}, {4001, "taken_over"}};
    auto const expected = goodbyes.find(code);
    auto const what = "close " + std::to_string(code) + " behind this goodbye";
    require((expected != goodbyes.end()) == goodbye_.is_object(), what.c_str(), goodbye_);
    if (expected == goodbyes.end()) return;
    require(goodbye_.at("code") == expected->second, what.c_str(), goodbye_);
    require(goodbye_.contains("reconnect_in_ms") == (code == 1001), what.c_str(), goodbye_);
    require(goodbye_.contains("limit") == (code == 1008), what.c_str(), goodbye_);
}

}  // namespace tickcast::test
