// Names from outside: a ticker, a list of tickers as a request has it, a session's ID, the ID of an
// event.
#include "fuzz/support/fuzz.hpp"
#include "tickcast/model/ticker.hpp"
#include "tickcast/protocol/event_text.hpp"
#include "tickcast/session/session_id.hpp"
#include "tickcast/session/session_tickers.hpp"

#include <algorithm>
#include <set>

namespace tickcast::fuzz {

namespace {

constexpr std::string_view kUpper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view kLower = "abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kOthers = "0123456789.-^=/:_&+#@";

/// The ticker by the rule of CONTRACT VAL-1, or an empty text.
std::string by_the_rule(std::string_view text) {
    if (text.empty() || text.size() > 32) return {};
    std::string ticker;
    for (char const c : text) {
        auto const lower = kLower.find(c);
        if (lower != kLower.npos) {
            ticker += kUpper[lower];
        } else if (kUpper.find(c) != kUpper.npos || kOthers.find(c) != kOthers.npos) {
            ticker += c;
        } else {
            return {};
        }
    }
    return ticker;
}

void check_ticker(std::string_view text) {
    auto const ticker = Ticker::parse(text);
    auto const wanted = by_the_rule(text);
    require(ticker.has_value() == !wanted.empty(), "a ticker is one by the rule");
    if (!ticker) return;
    require_same(ticker->view(), wanted, "a ticker is its text in capitals");
    auto const again = Ticker::parse(ticker->view());
    require(again && *again == *ticker, "a ticker reads as the same ticker");
    require(std::hash<Ticker>{}(*ticker) == std::hash<Ticker>{}(*again),
            "equal tickers hash alike");
}

/// The order of tickers is that of their texts.
void check_order(std::string_view one, std::string_view other) {
    auto const a = Ticker::parse(one);
    auto const b = Ticker::parse(other);
    if (!a || !b) return;
    require((*a < *b) == (a->view() < b->view()), "tickers are in the order of their texts");
    require((*a == *b) == (a->view() == b->view()), "tickers are equal where their texts are");
}

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    for (std::size_t begin = 0; begin <= text.size();) {
        auto const end = std::min(text.find(',', begin), text.size());
        words.emplace_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return words;
}

void check_list(std::vector<std::string> const& names) {
    auto const tickers = parse_tickers(names);
    auto const bad = static_cast<std::size_t>(std::count_if(
        names.begin(), names.end(), [](auto const& name) { return by_the_rule(name).empty(); }));
    require(static_cast<bool>(tickers) == (bad == 0), "a list is refused for an ill-formed ticker");
    if (!tickers) {
        require(tickers.error().code == ErrorCode::invalid_ticker, "such a list is named as such");
        require(!tickers.error().tickers.empty(), "its ill-formed tickers are listed");
        return;
    }
    std::vector<std::string> wanted;
    std::set<std::string> seen;
    for (auto const& name : names) {
        if (seen.insert(by_the_rule(name)).second) wanted.push_back(by_the_rule(name));
    }
    require(tickers->size() == wanted.size(), "a list has each ticker once");
    for (std::size_t i = 0; i < wanted.size(); ++i)
        require_same((*tickers)[i].view(), wanted[i], "a list keeps its order");
}

void check_ids(std::string_view text) {
    auto const id = SessionId::parse(text);
    if (id) require_same(id->str(), text, "a session's ID has one text");
    // The part up to the last '.' is taken for the session's text.
    auto const point = std::min(text.rfind('.'), text.size());
    auto const session = text.substr(0, point);
    auto const generation = continued_generation(text, session);
    if (generation)
        require_same(event_id(session, *generation), text, "an event's ID has one text");
    require(!continued_generation(text, "0123456789012345678901") ||
                text.starts_with("0123456789012345678901."),
            "an event's ID names its session");
}

}  // namespace

void run(std::string_view input) {
    auto const words = words_of(input);
    check_list(words);
    for (auto const& word : words)
        check_ticker(word);
    for (std::size_t i = 1; i < words.size(); ++i)
        check_order(words[i - 1], words[i]);
    check_ids(input);
}

}  // namespace tickcast::fuzz
