// The report as a table for people, and the texts that all forms of the report share.
#include "generator/report.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace tickcast::load {
namespace {

constexpr std::array kQuantiles{0.5, 0.9, 0.99, 0.999};

template <typename... Values>
std::string format(char const* pattern, Values... values) {
    std::array<char, 256> text{};
    std::snprintf(text.data(), text.size(), pattern, values...);
    return text.data();
}

std::string whole(std::uint64_t count) {
    auto digits = std::to_string(count);
    for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3)
        digits.insert(static_cast<std::size_t>(at), ",");
    return digits;
}

void write_latencies(Report const& report, std::ostream& out) {
    out << format("%-26s %11s %9s %9s %9s %9s %9s\n", "latency", "count", "p50", "p90", "p99",
                  "p99.9", "max");
    for (auto const& [key, name, histogram] : histograms(report.tally)) {
        if (histogram->count() == 0) continue;
        out << format("%-26s %11s", name, whole(histogram->count()).c_str());
        for (double const q : kQuantiles) {
            out << ' ' << format("%9s", duration_text(histogram->quantile(q)).c_str());
        }
        out << ' ' << format("%9s", duration_text(static_cast<double>(histogram->max())).c_str())
            << '\n';
    }
}

void write_counts(Report const& report, std::ostream& out) {
    auto const& tally = report.tally;
    auto const line = [&](char const* name, std::string const& value) {
        out << format("%-26s ", name) << value << '\n';
    };
    line("sessions", whole(tally.created) + " created of " + whole(tally.begun) + " asked for");
    line("streams", whole(tally.streams) + ", of these " + whole(tally.returned) +
                        " to a session that was there; at most " +
                        whole(static_cast<std::uint64_t>(report.most_streaming)) + " at once");
    line("ended as planned", whole(tally.left) + " by goodbye, " + whole(tally.aborted) +
                                 " aborted, " + whole(tally.vanished) + " vanished for a while");
    line("failed creations",
         whole(total(tally.failed_creations)) + "  " + to_text(tally.failed_creations));
    line("failed streams",
         whole(total(tally.failed_streams)) + "  " + to_text(tally.failed_streams));
    line("unexpected closes",
         whole(total(tally.unexpected_closes)) + "  " + to_text(tally.unexpected_closes));
    line("unanswered goodbyes",
         whole(total(tally.unanswered_goodbyes)) + "  " + to_text(tally.unanswered_goodbyes));
    line("silent streams", whole(tally.silent_streams));
    line("new attempts", whole(tally.retried));
    auto const all = static_cast<double>(tally.ticks + tally.jumped);
    line("ticks received", whole(tally.ticks) + " (" +
                               count_text(static_cast<double>(tally.ticks) / report.seconds) +
                               "/s on average), in " + whole(tally.frames) + " frames, " +
                               bytes_text(static_cast<double>(tally.bytes)));
    line("ticks conflated",
         whole(tally.jumped) +
             format(" (%.2f %%)", all > 0 ? 100 * static_cast<double>(tally.jumped) / all : 0.0));
}

void write_server(Report const& report, std::ostream& out) {
    if (!report.server_before || report.server.empty()) return;
    double most_memory = 0;
    double most_cpu = 0;
    for (std::size_t i = 0; i < report.server.size(); ++i) {
        most_memory = std::max(most_memory, report.server[i].resident_bytes);
        if (i > 0) {
            most_cpu = std::max(most_cpu, cpu_between(report.server[i - 1], report.server[i]));
        }
    }
    auto const& last = report.server.back();
    auto const used = last.cpu_seconds - report.server_before->cpu_seconds;
    out << format("%-26s %.1f s of processor (at most %.2f processors), %s resident at most\n",
                  "the server took", used, most_cpu, bytes_text(most_memory).c_str());
    out << format("%-26s ", "it holds afterwards")
        << format("%.0f sessions, %.0f connections, %.0f subscriptions", last.sessions,
                  last.connections, last.subscriptions);
    if (report.settled_after) {
        out << format(", %s %.1f s after the last user left",
                      report.back_at_zero() ? "back at zero" : "no more of each than before,",
                      *report.settled_after);
    }
    out << '\n';
}

void write_own_cost(Report const& report, std::ostream& out) {
    double most = 0;
    for (auto const& row : report.rows)
        most = std::max(most, row.cost.cpu_share);
    out << format("%-26s %.1f s of processor (busiest thread at most %.0f %% in a second), %s\n",
                  "the generator took", report.cpu_seconds, 100 * most,
                  bytes_text(report.resident_bytes).c_str());
    for (auto const& warning : report.warnings)
        out << "WARNING: " << warning << '\n';
}

}  // namespace

std::vector<NamedHistogram> histograms(Tally const& tally) {
    return {{"creation", "session creation", &tally.creation},
            {"handshake", "stream handshake", &tally.handshake},
            {"snapshot", "time to snapshot", &tally.snapshot},
            {"comeback", "return to snapshot", &tally.comeback},
            {"quote", "quote", &tally.quote},
            {"quote_slow", "quote, slow users", &tally.quote_slow},
            {"own_lag", "generator's own lag", &tally.lag}};
}

double cpu_between(ServerSample const& from, ServerSample const& to) noexcept {
    return to.at <= from.at ? 0.0 : (to.cpu_seconds - from.cpu_seconds) / (to.at - from.at);
}

std::string duration_text(double us) {
    if (us <= 0) return "0";
    if (us < 1e3) return format("%.0f µs", us);
    if (us < 1e6) return format("%.3g ms", us / 1e3);
    return format("%.3g s", us / 1e6);
}

std::string count_text(double count) {
    if (std::abs(count) < 1e3) return format("%.4g", count);
    if (std::abs(count) < 1e6) return format("%.3gk", count / 1e3);
    return format("%.4gM", count / 1e6);
}

std::string bytes_text(double bytes) {
    if (bytes < 1e3) return format("%.0f B", bytes);
    if (bytes < 1e6) return format("%.3g kB", bytes / 1e3);
    if (bytes < 1e9) return format("%.3g MB", bytes / 1e6);
    return format("%.4g GB", bytes / 1e9);
}

void write_table(Report const& report, std::ostream& out) {
    auto const& settings = report.settings;
    out << format("%s of %zu users on %s, %.1f s\n\n", settings.scenario.c_str(), settings.users,
                  settings.target.c_str(), report.seconds);
    write_counts(report, out);
    out << '\n';
    write_latencies(report, out);
    out << '\n';
    write_server(report, out);
    write_own_cost(report, out);
    out << '\n';
    for (auto const& fault : report.faults)
        out << "FAULT: " << fault << '\n';
    out << (report.clean() ? "clean: all came, all streamed, none was cut\n" : "not clean\n");
}

}  // namespace tickcast::load
