#include "simulation/world/stream_check.hpp"

#include "simulation/world/broken.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace tickcast::simulation {

namespace {

/// The contract's END and MSG-20: how a goodbye closes, and whether it says when to come back.
struct Farewell {
    std::string_view goodbye;
    int close_code;
    bool come_back;
};
constexpr std::array kFarewells{
    Farewell{"draining", 1001, true}, Farewell{"flooding", 1008, false},
    Farewell{"deleted", 4000, false}, Farewell{"taken_over", 4001, false},
    Farewell{"too_old", 4002, true},  Farewell{"too_slow", 4003, true},
};

Farewell const& farewell_of(std::string const& goodbye) {
    auto const* const found =
        std::find_if(kFarewells.begin(), kFarewells.end(),
                     [&](Farewell const& each) { return each.goodbye == goodbye; });
    require(found != kFarewells.end(), [&] { return "no goodbye of the contract: " + goodbye; });
    return *found;
}

}  // namespace

void StreamCheck::feed(std::string_view bytes) {
    if (bytes.empty()) return;
    if (transport_ == Transport::websocket) return feed_frames(bytes);
    feed_events(bytes);
}

void StreamCheck::feed_frames(std::string_view bytes) {
    parser_.feed(bytes);
    while (auto const message = parser_.next())
        take(*message);
    parser_.settle();
    require(parser_.violation().empty(), [&] { return "frame: " + parser_.violation(); });
}

void StreamCheck::feed_events(std::string_view bytes) {
    rest_ += bytes;
    for (auto end = rest_.find("\n\n"); end != std::string::npos; end = rest_.find("\n\n")) {
        auto const block = rest_.substr(0, end + 1);
        rest_.erase(0, end + 2);
        take_block(block);
    }
}

void StreamCheck::take(client::Message const& message) {
    require(close_code_ == 0, "a frame after the close frame");
    std::string const payload{message.payload};
    switch (message.opcode) {
        case client::Opcode::text:
            return take_json(nlohmann::json::parse(payload));
        case client::Opcode::ping:
            pings_.push_back(payload);
            ++all_pings_;
            return;
        case client::Opcode::close:
            return take_close(payload);
        default:
            return;
    }
}

void StreamCheck::take_close(std::string_view payload) {
    close_code_ = payload.size() < 2 ? 1005
                                     : (static_cast<unsigned char>(payload[0]) << 8) |
                                           static_cast<unsigned char>(payload[1]);
    auto const wanted = goodbye_.empty() ? 0 : farewell_of(goodbye_).close_code;
    require(goodbye_.empty() || close_code_ == wanted, [&] {
        return "closed by " + std::to_string(close_code_) + " after the goodbye " + goodbye_;
    });
}

void StreamCheck::take_goodbye(nlohmann::json const& json) {
    goodbye_ = json.at("code").get<std::string>();
    reconnect_in_ms_ = json.value("reconnect_in_ms", std::int64_t{-1});
    require(farewell_of(goodbye_).come_back == (reconnect_in_ms_ >= 0),
            [&] { return "when to come back: " + json.dump(); });
}

void StreamCheck::take_block(std::string_view block) {
    std::string event;
    std::string data;
    while (!block.empty()) {
        auto const end = block.find('\n');
        auto const line = block.substr(0, end);
        if (line.starts_with("event: ")) event = line.substr(7);
        if (line.starts_with("data: ")) data = line.substr(6);
        if (line.starts_with("id: ")) last_id_ = line.substr(4);
        block.remove_prefix(end + 1);
    }
    require(!event.empty() && !data.empty(), "a block without event or data");
    auto const json = nlohmann::json::parse(data);
    require(json.at("type") == event,
            [&] { return "an event that is not its data's type: " + data; });
    take_json(json);
}

void StreamCheck::take_json(nlohmann::json const& json) {
    require(goodbye_.empty(), [&] { return "a message after goodbye: " + json.dump(); });
    ++messages_;
    auto const type = json.at("type").get<std::string>();
    if (type == "goodbye") return take_goodbye(json);
    if (type == "snapshot") return take_snapshot(json);
    require(snapshots_ > 0, [&] { return "before the snapshot came " + json.dump(); });
    if (type == "subscribed") return take_subscribed(json);
    if (type == "ticks") return take_ticks(json.at("ticks"));
    if (type == "pong") ++pongs_;
    if (type == "error") ++errors_;
}

void StreamCheck::take_snapshot(nlohmann::json const& json) {
    auto const tickers = json.at("tickers").get<Tickers>();
    epoch_ = json.at("epoch").get<std::string>();
    if (snapshots_++ == 0) {
        tickers_ = {tickers.begin(), tickers.end()};
    } else {
        require(!tickers.empty(), "a later snapshot of nothing");
    }
    for (auto const& ticker : tickers) {
        require(tickers_.contains(ticker),
                [&] { return "a snapshot of what is not subscribed: " + json.dump(); });
        require(newest_.emplace(ticker, 0).second,
                [&] { return "a snapshot of what had one already: " + json.dump(); });
    }
    std::set<std::string> const covered{tickers.begin(), tickers.end()};
    std::set<std::string> seen;
    for (auto const& quote : json.at("quotes")) {
        check_quote(quote, seen);
        auto const ticker = quote.at("s").get<std::string>();
        require(covered.contains(ticker),
                [&] { return "a quote that is not covered: " + json.dump(); });
        newest_[ticker] = quote.at("n").get<std::uint64_t>();
    }
    for (auto const& ticker : tickers)
        base_[ticker] = newest_[ticker];
}

void StreamCheck::take_subscribed(nlohmann::json const& json) {
    ++subscribed_;
    throttle_ms_ = json.at("throttle_ms").get<std::int64_t>();
    auto const tickers = json.at("tickers").get<Tickers>();
    std::set<std::string> const now{tickers.begin(), tickers.end()};
    changed_ = changed_ || now != tickers_;
    tickers_ = now;
    std::erase_if(newest_, [&](auto const& each) { return !now.contains(each.first); });
}

void StreamCheck::take_ticks(nlohmann::json const& ticks) {
    require(!ticks.empty(), "a ticks message without a tick");
    ++tick_frames_;
    std::set<std::string> seen;
    for (auto const& tick : ticks) {
        check_quote(tick, seen);
        auto const found = newest_.find(tick.at("s").get<std::string>());
        require(found != newest_.end(),
                [&] { return "not asked for, or before its snapshot: " + tick.dump(); });
        auto const n = tick.at("n").get<std::uint64_t>();
        require(n > found->second, [&] {
            return "n was " + std::to_string(found->second) + " before " + tick.dump();
        });
        gaps_ += n - found->second - 1;
        found->second = n;
        ++ticks_;
    }
}

/// The world pushes each tick with its own number as the price.
void StreamCheck::check_quote(nlohmann::json const& tick, std::set<std::string>& seen) const {
    require(seen.insert(tick.at("s").get<std::string>()).second,
            [&] { return "a ticker twice in a message: " + tick.dump(); });
    require(tick.at("p").get<std::uint64_t>() == tick.at("n").get<std::uint64_t>(),
            [&] { return "not the quote of its number: " + tick.dump(); });
}

}  // namespace tickcast::simulation
