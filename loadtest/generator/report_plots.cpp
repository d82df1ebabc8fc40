// The plots of a report and their content.
#include "generator/report.hpp"
#include "generator/svg_plot.hpp"

#include <array>
#include <cstdio>

namespace tickcast::load {
namespace {

std::string percent_text(double share) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.3g %%", 100 * share);
    return text.data();
}

std::string processors_text(double count) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.2g", count);
    return text.data();
}

template <typename Value>
Series over_time(char const* name, std::vector<Row> const& rows, Value&& value,
                 Thin thin = Thin::mean) {
    Series series{.name = name, .thin = thin};
    for (auto const& row : rows)
        series.points.emplace_back(row.at, value(row));
    return series;
}

/// A histogram without values gives no line: no latency is not a latency of 0.
template <typename Value>
Series latency_over_time(char const* name, std::vector<Row> const& rows, Value&& value) {
    Series series{.name = name, .thin = Thin::max};
    for (auto const& row : rows) {
        if (value(row) > 0) series.points.emplace_back(row.at, value(row));
    }
    return series;
}

Plot distribution(Report const& report) {
    Plot plot{.title = "Latency distribution",
              .caption = "every user's wait and every tick, by share that took no longer",
              .x_axis = Plot::XAxis::percentile,
              .log_y = true,
              .format_y = duration_text};
    for (auto const& [key, name, histogram] : histograms(report.tally)) {
        bool const shown = histogram != &report.tally.quote_slow &&
                           histogram != &report.tally.lag && histogram->count() > 0;
        if (!shown) continue;
        Series series{.name = name, .thin = Thin::max};
        std::uint64_t seen = 0;
        histogram->for_each_bucket([&](double upper, std::uint64_t count) {
            auto const all = static_cast<double>(histogram->count());
            auto const least =
                std::max(1.0, std::min(upper, static_cast<double>(histogram->max())));
            // The last bucket ends one value further: a sample has no 100 % quantile.
            series.points.emplace_back(static_cast<double>(seen) / all, least);
            seen += count;
            series.points.emplace_back(
                (static_cast<double>(seen) - (seen == histogram->count() ? 1 : 0)) / all, least);
        });
        plot.series.push_back(std::move(series));
    }
    return plot;
}

Plot users(Report const& report) {
    auto wanted = over_time("wanted", report.rows, [](Row const& row) { return row.wanted; });
    wanted.dashed = true;
    auto streaming =
        over_time("streaming", report.rows, [](Row const& row) { return row.streaming; });
    streaming.filled = true;
    return {
        .title = "Connections",
        .caption = "sockets and streams, beside what the plan wanted",
        .format_y = count_text,
        .series = {std::move(streaming),
                   over_time("connections", report.rows, [](Row const& row) { return row.open; }),
                   std::move(wanted)}};
}

Plot troubles(Report const& report) {
    auto const& rows = report.rows;
    return {.title = "Begun and failed, per second",
            .caption = "sessions asked for; attempts that failed; streams cut unexpectedly",
            .format_y = count_text,
            .series = {
                over_time("sessions begun", rows, [](Row const& row) { return row.begun; }),
                over_time(
                    "failed", rows, [](Row const& row) { return row.failed; }, Thin::max),
                over_time("cut", rows, [](Row const& row) { return row.unexpected; }, Thin::max)}};
}

Plot ticks(Report const& report) {
    auto received = over_time("received", report.rows, [](Row const& row) { return row.ticks; });
    received.filled = true;
    return {.title = "Ticks per second",
            .caption = "over all users; conflated ones were left out in favour of newer ones",
            .format_y = count_text,
            .series = {std::move(received), over_time("conflated", report.rows,
                                                      [](Row const& row) { return row.jumped; })}};
}

Plot conflation(Report const& report) {
    return {.title = "Conflation",
            .caption = "share of the users' ticks left out in favour of newer ones",
            .format_y = percent_text,
            .series = {over_time("conflated", report.rows, [](Row const& row) {
                auto const all = row.ticks + row.jumped;
                return all > 0 ? row.jumped / all : 0.0;
            })}};
}

Plot quotes(Report const& report) {
    auto const& rows = report.rows;
    return {
        .title = "Quote latency over time",
        .caption = "from taken in at the server to read here",
        .log_y = true,
        .format_y = duration_text,
        .series = {latency_over_time("p50", rows, [](Row const& r) { return r.quote_p50_us; }),
                   latency_over_time("p99", rows, [](Row const& r) { return r.quote_p99_us; }),
                   latency_over_time("p99.9", rows, [](Row const& r) { return r.quote_p999_us; }),
                   latency_over_time("time to snapshot, p99", rows,
                                     [](Row const& r) { return r.snapshot_p99_us; })}};
}

Plot processors(Report const& report) {
    Plot plot{.title = "Processors in use",
              .caption = "1 is one processor; the generator's busiest thread",
              .format_y = processors_text,
              .series = {over_time("generator", report.rows,
                                   [](Row const& row) { return row.cost.cpu_share; }),
                         over_time("generator, waiting for one", report.rows,
                                   [](Row const& row) { return row.cost.waited_share; })}};
    if (report.server.empty()) return plot;
    Series server{.name = "server"};
    for (std::size_t i = 1; i < report.server.size(); ++i) {
        if (report.server[i].at > report.seconds + 1) break;
        server.points.emplace_back(report.server[i].at,
                                   cpu_between(report.server[i - 1], report.server[i]));
    }
    plot.series.push_back(std::move(server));
    return plot;
}

Plot lag(Report const& report) {
    auto const& rows = report.rows;
    return {
        .title = "The generator's own lag",
        .caption = "how late its loop was: the latencies above contain it",
        .log_y = true,
        .format_y = duration_text,
        .series = {
            latency_over_time("p99", rows, [](Row const& r) { return r.cost.lag_p99_us; }),
            latency_over_time("longest", rows, [](Row const& r) { return r.cost.lag_max_us; })}};
}

template <typename Value>
Series of_server(char const* name, Report const& report, Value&& value) {
    Series series{.name = name};
    for (auto const& sample : report.server)
        series.points.emplace_back(sample.at, value(sample));
    return series;
}

char const* end_of(Report const& report) {
    if (report.back_at_zero()) return "back at zero in the end";
    return report.settled_after ? "in the end no more of each than before"
                                : "in the end more than before";
}

Plot server_state(Report const& report) {
    return {
        .title = "What the server holds",
        .caption = std::string("by its own /metrics; ") + end_of(report),
        .format_y = count_text,
        .series = {
            of_server("sessions", report, [](ServerSample const& s) { return s.sessions; }),
            of_server("connections", report, [](ServerSample const& s) { return s.connections; }),
            of_server("subscriptions", report,
                      [](ServerSample const& s) { return s.subscriptions; })}};
}

Plot server_memory(Report const& report) {
    auto resident =
        of_server("resident", report, [](ServerSample const& s) { return s.resident_bytes; });
    resident.filled = true;
    return {.title = "The server's memory",
            .caption = "resident, by its own /metrics",
            .format_y = bytes_text,
            .series = {std::move(resident)}};
}

}  // namespace

std::vector<std::pair<std::string, std::string>> plots(Report const& report, bool standalone) {
    std::vector<std::pair<std::string, Plot>> all{{"latency-distribution", distribution(report)},
                                                  {"quote-latency", quotes(report)},
                                                  {"connections", users(report)},
                                                  {"ticks", ticks(report)},
                                                  {"conflation", conflation(report)},
                                                  {"begun-and-failed", troubles(report)},
                                                  {"processors", processors(report)},
                                                  {"generator-lag", lag(report)}};
    if (!report.server.empty()) {
        all.emplace_back("server-holds", server_state(report));
        all.emplace_back("server-memory", server_memory(report));
    }
    std::vector<std::pair<std::string, std::string>> drawn;
    for (auto const& [name, plot] : all)
        drawn.emplace_back(name + ".svg", to_svg(plot, standalone));
    return drawn;
}

}  // namespace tickcast::load
