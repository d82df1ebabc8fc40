// The body of POST /v1/ticks, as lines and as an array: read in steps and at once, beside
// nlohmann's tree, and taken in by a job. The byte 1 in the input stands for 3,000 blanks, the byte
// 2 for 3,000 letters: so long ticks and long rows of blanks need no long input.
#include "feed/push/push_job.hpp"
#include "feed/push/push_parser.hpp"
#include "feed/push/push_reader.hpp"
#include "fuzz/support/fuzz.hpp"
#include "fuzz/support/json_reference.hpp"
#include "tickcast/feed/registry/feed_registry.hpp"
#include "tickcast/http/response.hpp"
#include "tickcast/model/source_time.hpp"

#include <cmath>
#include <string>

namespace tickcast::fuzz {

namespace {

using Json = nlohmann::json;
using Ticks = std::vector<PushTick>;

std::string unpacked(std::string_view input) {
    constexpr std::size_t kRun = 3000;
    std::string body;
    for (char const c : input) {
        if (c == '\1' || c == '\2') {
            body.append(kRun, c == '\1' ? ' ' : 'A');
        } else {
            body += c;
        }
    }
    return body;
}

std::string shown(TickUpdate const& update, std::string_view ticker) {
    std::string text{ticker};
    for (auto const& member : kQuoteMembers) {
        auto const& value = update.*member.of_update;
        text += value ? " " + std::to_string(value->raw()) : " -";
    }
    return text + ' ' + std::to_string(update.source_time_us.value_or(-1)) + '\n';
}

std::string shown(Result<Ticks> const& result) {
    if (!result) {
        auto const& error = result.error();
        return std::string{name(error.code)} + " at " + std::to_string(error.line.value_or(0)) +
               ": " + error.detail;
    }
    std::string text;
    for (auto const& tick : *result)
        text += shown(tick.update, tick.ticker.view());
    return text;
}

/// Takes the ticks out behind each step.
Result<Ticks> read_in_steps(std::string_view body, PushFormat format) {
    PushReader reader{body, format};
    Ticks all;
    // A step reads a byte at least, or is the last one.
    for (std::size_t steps = 0; steps <= 2 * body.size() + 4; ++steps) {
        auto const step = reader.step();
        if (step == PushReader::Step::failed) return reader.take_error();
        for (auto& tick : reader.take_ticks())
            all.push_back(tick);
        if (step == PushReader::Step::done) return all;
    }
    require(false, "reading a body ends");
    return all;
}

void check_value(Json const& object, std::string_view name, std::optional<double> ours) {
    auto const found = object.find(name);
    require((found != object.end()) == ours.has_value(), "a tick has the members of its text");
    if (!ours) return;
    require(found->is_number(), "a value is a number");
    auto const wanted = found->get<double>();
    require(std::abs(*ours - wanted) <= std::abs(wanted) * 1e-12, "a value is the client's");
}

void check_tick(PushTick const& tick, Json const& object) {
    require(object.is_object(), "a tick is an object");
    auto const ticker = Ticker::parse(object.at("s").get<std::string>());
    require(ticker && *ticker == tick.ticker, "a tick has its ticker");
    std::size_t members = 1;
    for (auto const& member : kQuoteMembers) {
        auto const& value = tick.update.*member.of_update;
        if (value) ++members;
        check_value(object, member.name,
                    value ? std::optional{static_cast<double>(value->raw()) / 1e8} : std::nullopt);
        require(!value || !member.is_size || value->raw() >= 0, "no size is negative");
    }
    auto const& time = tick.update.source_time_us;
    if (time) ++members;
    check_value(object, "x", time ? std::optional{static_cast<double>(*time)} : std::nullopt);
    require(!time || is_plausible_time(*time), "a time lies from 1990 to 2100");
    require(object.size() == members, "a tick has no other members");
}

std::vector<std::string_view> lines_of(std::string_view body) {
    std::vector<std::string_view> lines;
    while (!body.empty()) {
        auto const end = std::min(body.find('\n'), body.size());
        auto const line = body.substr(0, end);
        if (line.find_first_not_of(" \t\r") != line.npos) lines.push_back(line);
        body.remove_prefix(std::min(end + 1, body.size()));
    }
    return lines;
}

void check_lines(std::string_view body, Ticks const& ticks) {
    auto const lines = lines_of(body);
    require(lines.size() == ticks.size(), "each line is a tick");
    std::string array{"["};
    for (std::size_t i = 0; i < lines.size(); ++i) {
        auto const tree = tree_of(lines[i]);
        require(tree.has_value(), "an accepted line is JSON");
        check_tick(ticks[i], *tree);
        array.append(i == 0 ? "" : ",").append(lines[i]);
    }
    auto const same = parse_push_body(array + ']', PushFormat::array);
    require_same(shown(same), shown(Result<Ticks>{ticks}), "lines and an array are the same ticks");
}

void check_array(std::string_view body, Ticks const& ticks) {
    auto const tree = tree_of(body);
    if (!tree && body.find_first_not_of(" \t\r\n") == body.npos) {
        return require(ticks.empty(), "an empty body has no tick");
    }
    require(tree && tree->is_array(), "an accepted array is a JSON array");
    require(tree->size() == ticks.size(), "each element is a tick");
    for (std::size_t i = 0; i < ticks.size(); ++i)
        check_tick(ticks[i], (*tree)[i]);
}

class Counter final : public TickSink {
public:
    void ingest(FeedKind, std::span<TickUpdate const> ticks) noexcept override {
        count += ticks.size();
    }
    void rejected(FeedKind, RejectReason) noexcept override {}
    std::size_t count{0};
};

class StandingClock final : public Clock {
public:
    SteadyTime now() const noexcept override { return {}; }
    std::int64_t wall_us() const noexcept override { return 0; }
    PeerTime peer_now() const noexcept override { return {}; }
    Duration left_out() const noexcept override { return {}; }
};

/// All of a body is taken in, or nothing.
void check_job(std::string_view body, PushFormat format, Result<Ticks> const& wanted) {
    constexpr std::size_t kRoom = 8;
    static FeedKind const kind = feed_kind("push");
    TickerTable table{kRoom};
    Counter sink;
    StandingClock const clock;
    PushGate gate;
    PushJob job{body, format, {kind, table, sink, clock, gate}};
    while (!job.work({})) {  // one step at a time
    }
    auto const& result = job.result();
    if (!wanted) {
        require(!result && result.error().detail == wanted.error().detail, "a job has its fault");
    }
    if (!result) {
        require(sink.count == 0 && table.known_count() == 0, "a refused body changes nothing");
        require(!wanted || result.error().code == ErrorCode::too_many_tickers,
                "a good body is refused for its tickers alone");
        return;
    }
    require(*result == wanted->size() && sink.count == wanted->size(), "a job takes in each tick");
    require(table.known_count() <= kRoom, "no more tickers become known than may");
}

}  // namespace

void run(std::string_view input) {
    auto const body = unpacked(input);
    for (auto const format : {PushFormat::ndjson, PushFormat::array}) {
        auto const result = parse_push_body(body, format);
        require_same(shown(read_in_steps(body, format)), shown(result),
                     "read in steps, a body is the same");
        check_job(body, format, result);
        if (!result) {
            auto const answer = problem_response(result.error());
            require(tree_of(answer.body()).has_value(), "a refusal's answer is JSON");
            require(answer.body().size() < 1024, "a refusal repeats little of the body");
        } else if (format == PushFormat::ndjson) {
            check_lines(body, *result);
        } else {
            check_array(body, *result);
        }
    }
}

}  // namespace tickcast::fuzz
