// The registry of feeds: one row per kind, in feed_registry.cpp. Everything that the rest of the
// process knows of a kind comes from its row. Pure; any thread.
#pragma once

#include "tickcast/base/result.hpp"
#include "tickcast/feed/feed.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tickcast {

/// One --feed text, parsed.
struct FeedRequest {
    FeedKind kind{};
    /// Clients may ask for any well-formed ticker, whether or not a feed has had a tick of it.
    bool any_ticker{false};
    /// Empty where the process has one such feed in any case (push): the text then only says that
    /// this feed should bring ticks.
    FeedMaker make{};
};

/// The error says which part of the text is wrong, and what would be right.
Result<FeedRequest, std::string> parse_feed(std::string_view text);

/// The kind of that name, which must exist.
FeedKind feed_kind(std::string_view name);
/// The name of each kind, at the kind's index: the label `feed` of the metrics.
std::vector<std::string_view> feed_labels();
/// The --feed text of each kind, in the registry's order: "sim", "replay:FILE", …
std::vector<std::string> feed_forms();
/// The part of --help about the kinds: their forms, parameters and meaning.
std::string feeds_help();

}  // namespace tickcast
