// The registry of feeds: one row per kind, in feed_registry.cpp. Everything that the process knows
// of a kind beside what its folder does comes from its row. Pure; any thread.
#pragma once

#include "tickcast/base/result.hpp"
#include "tickcast/feed/feed.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tickcast {

/// What one --feed text asks for.
struct FeedRequest {
    FeedKind kind{};
    /// Any well-formed ticker may be asked for, whether or not a feed has had a tick of it.
    bool any_ticker{false};
    /// None where there is one such feed in any case, and the text only says that it is expected to
    /// bring ticks (push).
    FeedMaker make{};
};

/// The error says which part of the text is wrong, and what would be right.
Result<FeedRequest, std::string> parse_feed(std::string_view text);

/// The kind of that name. There must be one.
FeedKind feed_kind(std::string_view name);
/// The name of each kind, at its index: the label `feed` of the metrics.
std::vector<std::string_view> feed_labels();
/// How each kind is asked for, in the registry's order: "sim", "replay:FILE", …
std::vector<std::string> feed_forms();

}  // namespace tickcast
