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

}  // namespace

FeedText FeedText::of(std::string_view setting) noexcept {
    FeedText text;
    std::string_view before_query;
    std::tie(before_query, text.query) = split(setting, '?');
    std::tie(text.name, text.path) = split(before_query, ':');
    return text;
}

bool FeedParameters::next() {
    if (!query_ || !fault_.empty()) return false;
    auto const [parameter, rest] = split(*query_, '&');
    auto const [key, value] = split(parameter, '=');
    query_ = rest;
    key_ = key;
    value_ = value.value_or("");
    if (!value || key.empty()) {
        fail("'" + std::string{parameter} + "' is not KEY=VALUE");
    } else if (!seen_.insert(key).second) {
        fail("'" + std::string{key} + "' is given twice");
    }
    return fault_.empty();
}

std::optional<std::uint64_t> FeedParameters::whole_number(std::uint64_t least, std::uint64_t most) {
    auto const value = parse_number<std::uint64_t>(value_);
    if (value && *value >= least && *value <= most) return value;
    wrong("an integer from " + std::to_string(least) + " to " + std::to_string(most));
    return std::nullopt;
}

bool FeedParameters::decimal(double& out, double least, std::uint64_t most, char const* expected) {
    auto const value = Decimal::parse(value_);
    // The error is at most the last bit of a double: these are rates, not prices.
    double const number =
        value ? static_cast<double>(value->raw()) / static_cast<double>(Decimal::kScale) : -1;
    if (number < least || number > static_cast<double>(most)) {
        wrong(expected + std::to_string(most));
    } else {
        out = number;
    }
    return true;
}

bool FeedParameters::boolean(bool& out) {
    if (value_ == "true" || value_ == "false") {
        out = value_ == "true";
    } else {
        wrong("true or false");
    }
    return true;
}

void FeedParameters::wrong(std::string const& expected) {
    fail(std::string{key_} + "='" + std::string{value_} + "' is not " + expected);
}

void FeedParameters::fail(std::string const& text) {
    if (fault_.empty()) fault_ = std::string{feed_} + ": " + text;
}

}  // namespace tickcast
