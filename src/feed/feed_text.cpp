#include "feed/feed_text.hpp"

#include "tickcast/base/parse_number.hpp"
#include "tickcast/model/decimal.hpp"

#include <tuple>
#include <utility>

namespace tickcast {
namespace {

/// Splits at the first `mark`; without a mark there is no second part.
std::pair<std::string_view, std::optional<std::string_view>> split(std::string_view text,
                                                                   char mark) noexcept {
    auto const at = text.find(mark);
    if (at == std::string_view::npos) return {text, std::nullopt};
    return {text.substr(0, at), text.substr(at + 1)};
}

std::string about(std::string_view feed, std::string const& text) {
    return std::string{feed} + ": " + text;
}

std::string in_ticks(std::string_view text) {
    return "'" + std::string{text} + "'";
}

}  // namespace

FeedText FeedText::of(std::string_view setting) noexcept {
    FeedText text;
    std::string_view before_query;
    std::tie(before_query, text.query) = split(setting, '?');
    std::tie(text.name, text.path) = split(before_query, ':');
    return text;
}

Result<std::optional<FeedParameter>, std::string> FeedParameters::next() {
    if (!query_) return std::optional<FeedParameter>{};
    auto const [parameter, rest] = split(*query_, '&');
    auto const [key, value] = split(parameter, '=');
    query_ = rest;
    if (!value || key.empty()) return about(feed_, in_ticks(parameter) + " is not KEY=VALUE");
    if (!seen_.insert(key).second) return about(feed_, in_ticks(key) + " is given twice");
    return std::optional{FeedParameter{feed_, key, *value}};
}

Result<std::uint64_t, std::string> FeedParameter::whole(std::uint64_t least,
                                                        std::uint64_t most) const {
    auto const number = parse_number<std::uint64_t>(value);
    if (number && *number >= least && *number <= most) return *number;
    return wrong("an integer from " + std::to_string(least) + " to " + std::to_string(most));
}

Result<double, std::string> FeedParameter::decimal(double least, std::uint64_t most,
                                                   char const* expected) const {
    auto const parsed = Decimal::parse(value);
    // The error is at most the last bit of a double: these are rates, not prices.
    double const number =
        parsed ? static_cast<double>(parsed->raw()) / static_cast<double>(Decimal::kScale) : -1;
    if (number >= least && number <= static_cast<double>(most)) return number;
    return wrong(expected + std::to_string(most));
}

Result<bool, std::string> FeedParameter::boolean() const {
    if (value == "true" || value == "false") return value == "true";
    return wrong("true or false");
}

std::string FeedParameter::unknown() const {
    return about(feed, "unknown parameter " + in_ticks(key));
}

std::string FeedParameter::wrong(std::string const& expected) const {
    return about(feed, std::string{key} + '=' + in_ticks(value) + " is not " + expected);
}

}  // namespace tickcast
