#include "tickcast/feed/registry/feed_registry.hpp"

#include "feed/feed_text.hpp"
#include "feed/replay/replay_feed.hpp"
#include "feed/sim/sim_feed.hpp"
#include "tickcast/base/check.hpp"
#include "tickcast/feed/push/push_feed.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

namespace tickcast {
namespace {

struct FeedRow {
    /// The name in the --feed text, and the label of the metrics.
    std::string_view name;
    /// The part that must follow after a ':', as the help names it; empty if no such part is
    /// allowed.
    std::string_view path{};
    /// All parameters with their defaults, for the help.
    std::string_view parameters{};
    std::string_view about;  ///< for the help
    /// Clients may ask for any well-formed ticker.
    bool any_ticker{false};
    Result<FeedMaker, std::string> (*parse)(FeedText const& text);
};

// A kind's index here is its FeedKind. The metrics show the kinds in this order.
constexpr std::array kRows{
    FeedRow{.name = "sim",
            .parameters = "tickers=500&rate=2000&burst=1&seed=1",
            .about = "random-walk quotes of real US tickers",
            .parse = &SimFeed::parse},
    FeedRow{.name = "replay",
            .path = "FILE",
            .parameters = "speed=1&loop=true&start=now&maxgap=0",
            .about = "recorded ticks: CSV, plain or gzip",
            .parse = &ReplayFeed::parse},
    FeedRow{.name = "push",
            .about = "only the ticks that POST /v1/ticks brings",
            .any_ticker = true,
            .parse = &PushFeed::parse},
};

std::optional<std::size_t> row_named(std::string_view name) noexcept {
    auto const* const found = std::find_if(kRows.begin(), kRows.end(),
                                           [&](FeedRow const& row) { return row.name == name; });
    if (found == kRows.end()) return std::nullopt;
    return static_cast<std::size_t>(found - kRows.begin());
}

FeedKind kind_at(std::size_t row) noexcept {
    return FeedKind{static_cast<std::uint8_t>(row)};
}

std::string unknown_feed(std::string_view text) {
    auto const forms = feed_forms();
    std::string list;
    for (std::size_t i = 0; i < forms.size(); ++i)
        list.append(i == 0 ? "" : i + 1 < forms.size() ? ", " : " or ").append(forms[i]);
    return "unknown feed '" + std::string{text.substr(0, text.find('?'))} + "' (" + list + ")";
}

}  // namespace

Result<FeedRequest, std::string> parse_feed(std::string_view text) {
    auto const parts = FeedText::of(text);
    auto const row = row_named(parts.name);
    if (!row || (parts.path && kRows[*row].path.empty())) return unknown_feed(text);
    auto make = kRows[*row].parse(parts);
    if (!make) return make.error();
    return FeedRequest{kind_at(*row), kRows[*row].any_ticker, *std::move(make)};
}

FeedKind feed_kind(std::string_view name) {
    auto const row = row_named(name);
    TICKCAST_CHECK(row.has_value(), "no feed has this name");
    return kind_at(*row);
}

std::vector<std::string_view> feed_labels() {
    std::vector<std::string_view> labels;
    labels.reserve(kRows.size());
    for (auto const& row : kRows)
        labels.push_back(row.name);
    return labels;
}

std::vector<std::string> feed_forms() {
    std::vector<std::string> forms;
    forms.reserve(kRows.size());
    for (auto const& row : kRows) {
        auto& form = forms.emplace_back(row.name);
        if (!row.path.empty()) form.append(":").append(row.path);
    }
    return forms;
}

std::string feeds_help() {
    std::string help{"Feeds, with the defaults of their parameters:\n"};
    auto const forms = feed_forms();
    for (std::size_t i = 0; i < kRows.size(); ++i) {
        auto const& row = kRows[i];
        help.append("  ").append(forms[i]);
        if (!row.parameters.empty()) help.append("?").append(row.parameters);
        help.append("\n      ").append(row.about).append("\n");
    }
    return help;
}

}  // namespace tickcast
