#include "tickcast/feed/feed_spec.hpp"

#include "tickcast/model/decimal.hpp"

#include <charconv>
#include <optional>
#include <set>
#include <utility>

namespace tickcast {
namespace {

/// Splits at the first `mark`; the second part is nothing if there is none.
std::pair<std::string_view, std::optional<std::string_view>> split(std::string_view text,
                                                                   char mark) noexcept {
    auto const at = text.find(mark);
    if (at == std::string_view::npos) return {text, std::nullopt};
    return {text.substr(0, at), text.substr(at + 1)};
}

std::optional<std::uint64_t> whole_number(std::string_view text) noexcept {
    std::uint64_t value = 0;
    auto const* const end = text.data() + text.size();
    auto const [stop, fault] = std::from_chars(text.data(), end, value);
    if (fault != std::errc{} || stop != end) return std::nullopt;
    return value;
}

/// Takes a feed's parameters one by one; keeps the first thing that is wrong.
class Parameters {
public:
    explicit Parameters(std::string_view feed) : feed_(feed) {}

    std::string const& fault() const noexcept { return fault_; }

    template <class Apply>
    void each(std::optional<std::string_view> query, Apply apply) {
        while (query && fault_.empty()) {
            auto const [parameter, rest] = split(*query, '&');
            auto const [key, value] = split(parameter, '=');
            query = rest;
            key_ = key;
            value_ = value.value_or("");
            if (!value || key.empty()) {
                fail("'" + std::string{parameter} + "' is not KEY=VALUE");
            } else if (!seen_.insert(key).second) {
                fail("'" + std::string{key} + "' is given twice");
            } else if (!apply(key)) {
                fail("unknown parameter '" + std::string{key} + "'");
            }
        }
    }

    template <class Int>
    bool whole(Int& out, std::uint64_t least, std::uint64_t most) {
        auto const value = whole_number(value_);
        if (!value || *value < least || *value > most) {
            return wrong("an integer from " + std::to_string(least) + " to " +
                         std::to_string(most));
        }
        out = static_cast<Int>(*value);
        return true;
    }
    bool decimal(double& out, double least, std::uint64_t most, char const* expected) {
        auto const value = Decimal::parse(value_);
        // Off by no more than the last bit of a double: these are rates, not prices.
        double const number =
            value ? static_cast<double>(value->raw()) / static_cast<double>(Decimal::kScale) : -1;
        if (number < least || number > static_cast<double>(most)) {
            return wrong(expected + std::to_string(most));
        }
        out = number;
        return true;
    }
    bool boolean(bool& out) {
        if (value_ != "true" && value_ != "false") return wrong("true or false");
        out = value_ == "true";
        return true;
    }
    std::string_view value() const noexcept { return value_; }

private:
    bool wrong(std::string const& expected) {
        fail(std::string{key_} + "='" + std::string{value_} + "' is not " + expected);
        return true;
    }
    void fail(std::string text) {
        if (fault_.empty()) fault_ = std::string{feed_} + ": " + std::move(text);
    }

    std::string_view feed_;
    std::string_view key_{};
    std::string_view value_{};
    std::set<std::string_view> seen_{};
    std::string fault_{};
};

Result<FeedSpec, std::string> parse_sim(std::optional<std::string_view> query) {
    constexpr double kLeastRate = 0.001;
    SimSpec spec;
    Parameters parameters{"sim"};
    parameters.each(query, [&](std::string_view key) {
        if (key == "tickers") return parameters.whole(spec.tickers, 1, SimSpec::kMaxTickers);
        if (key == "rate") {
            return parameters.decimal(spec.rate, kLeastRate, SimSpec::kMaxRate,
                                      "ticks per second from 0.001 to ");
        }
        if (key == "burst") return parameters.whole(spec.burst, 1, SimSpec::kMaxBurst);
        if (key == "seed") return parameters.whole(spec.seed, 0, UINT64_MAX);
        return false;
    });
    if (!parameters.fault().empty()) return parameters.fault();
    return FeedSpec{spec};
}

Result<FeedSpec, std::string> parse_replay(std::string_view rest) {
    auto const [file, query] = split(rest, '?');
    if (file.empty()) return std::string{"replay: the file is missing (replay:FILE)"};
    ReplaySpec spec;
    spec.file = file;
    Parameters parameters{"replay"};
    parameters.each(query, [&](std::string_view key) {
        if (key == "speed") {
            return parameters.decimal(spec.speed, 0, ReplaySpec::kMaxSpeed, "a factor from 0 to ");
        }
        if (key == "loop") return parameters.boolean(spec.loop);
        if (key == "maxgap") {
            return parameters.decimal(spec.max_gap_seconds, 0, ReplaySpec::kMaxGapSeconds,
                                      "seconds from 0 (off) to ");
        }
        if (key != "start") return false;
        if (parameters.value() == "now") return true;
        return parameters.whole(spec.start_after_streams, 0, UINT64_MAX);
    });
    if (!parameters.fault().empty()) return parameters.fault();
    return FeedSpec{std::move(spec)};
}

}  // namespace

Result<FeedSpec, std::string> parse_feed_spec(std::string_view text) {
    constexpr std::string_view kReplay = "replay:";
    if (text.starts_with(kReplay)) return parse_replay(text.substr(kReplay.size()));
    auto const [kind, query] = split(text, '?');
    if (kind == "sim") return parse_sim(query);
    if (kind == "push") {
        if (query) return std::string{"push: takes no parameters"};
        return FeedSpec{PushSpec{}};
    }
    if (kind == "replay") return std::string{"replay: the file is missing (replay:FILE)"};
    return "unknown feed '" + std::string{kind} + "' (sim, replay:FILE or push)";
}

}  // namespace tickcast
