// The report for machines. Its shape is described in loadtest/GENERATOR.md; times are in
// microseconds where the name ends with _us, otherwise in seconds.
#include "generator/report.hpp"
#include "generator/setting_table.hpp"

#include <nlohmann/json.hpp>

#include <array>

namespace tickcast::load {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::pair<char const*, double>, 6> kQuantiles{{{"p50", 0.5},
                                                                    {"p90", 0.9},
                                                                    {"p95", 0.95},
                                                                    {"p99", 0.99},
                                                                    {"p99.9", 0.999},
                                                                    {"p99.99", 0.9999}}};

Json json_of(client::LatencyHistogram const& histogram) {
    Json json{
        {"count", histogram.count()}, {"mean_us", histogram.mean()}, {"max_us", histogram.max()}};
    for (auto const& [name, q] : kQuantiles)
        json[std::string(name) + "_us"] = histogram.quantile(q);
    auto& buckets = json["buckets"] = Json::array();
    histogram.for_each_bucket(
        [&](double upper, std::uint64_t count) { buckets.push_back({upper, count}); });
    return json;
}

Json json_of(Tally const& tally) {
    return {{"sessions_asked_for", tally.begun},
            {"sessions_created", tally.created},
            {"streams", tally.streams},
            {"returned", tally.returned},
            {"new_attempts", tally.retried},
            {"left", tally.left},
            {"aborted", tally.aborted},
            {"vanished", tally.vanished},
            {"failed_creations", total(tally.failed_creations)},
            {"failed_creations_by_reason", tally.failed_creations},
            {"failed_streams", total(tally.failed_streams)},
            {"failed_streams_by_reason", tally.failed_streams},
            {"unexpected_closes", total(tally.unexpected_closes)},
            {"unexpected_closes_by_reason", tally.unexpected_closes},
            {"unanswered_goodbyes", total(tally.unanswered_goodbyes)},
            {"unanswered_goodbyes_by_reason", tally.unanswered_goodbyes},
            {"silent_streams", tally.silent_streams},
            {"not_streaming_when_the_drop_began", tally.never_streamed},
            {"not_arrived", tally.not_arrived},
            {"cut_at_max_seconds", tally.cut},
            {"broken_rules", tally.broken_rules},
            {"violations", tally.violations},
            {"frames_from_the_future", tally.future_frames},
            {"ticks", tally.ticks},
            {"conflated", tally.jumped},
            {"frames", tally.frames},
            {"bytes", tally.bytes}};
}

Json json_of(Row const& row) {
    return {{"at", row.at},
            {"wanted", row.wanted},
            {"open", row.open},
            {"streaming", row.streaming},
            {"begun", row.begun},
            {"failed", row.failed},
            {"unexpected_closes", row.unexpected},
            {"ticks", row.ticks},
            {"conflated", row.jumped},
            {"bytes", row.bytes},
            {"quote_p50_us", row.quote_p50_us},
            {"quote_p99_us", row.quote_p99_us},
            {"quote_p99.9_us", row.quote_p999_us},
            {"snapshot_p99_us", row.snapshot_p99_us},
            {"own_cpu", row.cost.cpu_share},
            {"own_waiting", row.cost.waited_share},
            {"own_lag_p99_us", row.cost.lag_p99_us},
            {"own_lag_max_us", row.cost.lag_max_us}};
}

Json json_of(ServerSample const& sample) {
    return {{"at", sample.at},
            {"cpu_seconds", sample.cpu_seconds},
            {"resident_bytes", sample.resident_bytes},
            {"descriptors", sample.descriptors},
            {"sessions", sample.sessions},
            {"connections", sample.connections},
            {"subscriptions", sample.subscriptions},
            {"slow_clients", sample.slow_clients},
            {"delivered", sample.delivered},
            {"conflated", sample.conflated},
            {"abandoned", sample.abandoned}};
}

}  // namespace

std::string to_json(Report const& report) {
    Json json{{"generator", "tickcast-load"}, {"began", report.began},
              {"seconds", report.seconds},    {"clean", report.clean()},
              {"faults", report.faults},      {"warnings", report.warnings}};
    auto& settings = json["settings"] = Json{{"scenario", report.settings.scenario}};
    for (auto const& entry : setting_table()) {
        std::visit([&](auto member) { settings[entry.name] = report.settings.*member; },
                   entry.member);
    }
    json["counts"] = json_of(report.tally);
    json["most_streaming"] = report.most_streaming;
    auto& latencies = json["latencies"] = Json::object();
    for (auto const& [key, name, histogram] : histograms(report.tally))
        latencies[key] = json_of(*histogram);
    json["own_cost"] = {{"cpu_seconds", report.cpu_seconds},
                        {"resident_bytes", report.resident_bytes},
                        {"bottleneck", report.bottleneck}};
    auto& rows = json["over_time"] = Json::array();
    for (auto const& row : report.rows)
        rows.push_back(json_of(row));
    if (report.server_before) {
        auto& server = json["server"] = Json{{"before", json_of(*report.server_before)}};
        server["back_at_zero"] = report.back_at_zero();
        server["failed_scrapes"] = report.failed_scrapes;
        server["settled_after"] = report.settled_after ? Json(*report.settled_after) : Json();
        auto& samples = server["over_time"] = Json::array();
        for (auto const& sample : report.server)
            samples.push_back(json_of(sample));
    }
    return json.dump(1) + "\n";
}

}  // namespace tickcast::load
