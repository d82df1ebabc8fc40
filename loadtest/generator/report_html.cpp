// The report as one HTML file: plots inline, no scripts, no external resources.
#include "generator/report.hpp"
#include "generator/setting_table.hpp"
#include "generator/svg_plot.hpp"

#include <array>
#include <sstream>

namespace tickcast::load {
namespace {

constexpr std::array<std::pair<char const*, double>, 5> kQuantiles{
    {{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p99.9", 0.999}, {"p99.99", 0.9999}}};

constexpr char const* kStyle = R"(
:root{color-scheme:light dark;--page:#f5f6f8;--card:#fff;--ink:#1d2229;--soft:#5a6472;--rule:#dfe3e8;
--good:#137a58;--bad:#b3261e;--warn:#8a5a00}
@media(prefers-color-scheme:dark){:root{--page:#0d0f13;--card:#14171c;--ink:#e8eaee;--soft:#9aa4b2;
--rule:#2b313a;--good:#5ccf9d;--bad:#ff8a80;--warn:#f0c060}}
*{box-sizing:border-box}body{margin:0;padding:24px;background:var(--page);color:var(--ink);
font:15px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
main{max-width:1200px;margin:auto}h1{font-size:24px;margin:0 0 4px}h2{font-size:17px;margin:28px 0 10px}
p{margin:4px 0;color:var(--soft)}.verdict{font-weight:600}.good{color:var(--good)}.bad{color:var(--bad)}
.warn{color:var(--warn)}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:10px;margin:18px 0}
.figures div,.plots figure,table{background:var(--card);border:1px solid var(--rule);border-radius:8px}
.figures div{padding:10px 14px}.figures b{display:block;font-size:22px;font-variant-numeric:tabular-nums}
.figures span{color:var(--soft);font-size:13px}
.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,480px),1fr));gap:12px}
.plots figure{margin:0;padding:6px}.plots svg{display:block;width:100%;height:auto}
table{border-collapse:separate;border-spacing:0;width:100%}.wide{overflow-x:auto}
th,td{padding:6px 12px;text-align:right;font-variant-numeric:tabular-nums;border-top:1px solid var(--rule);
white-space:nowrap}tr:first-child>*{border-top:0}th{color:var(--soft);font-weight:500}
th:first-child,td:first-child{text-align:left}
details{margin-top:28px}summary{cursor:pointer;color:var(--soft)}
)";

std::string figure(std::string const& value, std::string const& name, bool bad = false) {
    return "<div><b" + std::string(bad ? " class=\"bad\"" : "") + ">" + escaped(value) +
           "</b><span>" + escaped(name) + "</span></div>";
}

void write_figures(Report const& report, std::ostream& out) {
    auto const& tally = report.tally;
    auto const all = static_cast<double>(tally.ticks + tally.jumped);
    auto const share = all > 0 ? 100 * static_cast<double>(tally.jumped) / all : 0.0;
    auto const failed = total(tally.failed_creations) + total(tally.failed_streams);
    auto const cut = total(tally.unexpected_closes);
    std::ostringstream conflated;
    conflated.precision(3);
    conflated << share << " %";
    out << "<div class=\"figures\">"
        << figure(count_text(report.most_streaming), "users streaming at once, at most")
        << figure(std::to_string(tally.created), "sessions created")
        << figure(std::to_string(failed), "failed creations and streams", failed > 0)
        << figure(std::to_string(cut), "unexpected closes", cut > 0)
        << figure(duration_text(tally.snapshot.quantile(0.99)), "time to snapshot, p99")
        << figure(duration_text(tally.quote.quantile(0.5)), "quote latency, p50")
        << figure(duration_text(tally.quote.quantile(0.99)), "quote latency, p99")
        << figure(count_text(static_cast<double>(tally.ticks)), "ticks received")
        << figure(conflated.str(), "conflated") << "</div>";
}

void write_latencies(Report const& report, std::ostream& out) {
    out << "<h2>Latencies</h2><div class=\"wide\"><table><tr><th>what</th><th>count</th>";
    for (auto const& [name, q] : kQuantiles)
        out << "<th>" << name << "</th>";
    out << "<th>max</th></tr>";
    for (auto const& [key, name, histogram] : histograms(report.tally)) {
        if (histogram->count() == 0) continue;
        out << "<tr><td>" << escaped(name) << "</td><td>" << histogram->count() << "</td>";
        for (auto const& [label, q] : kQuantiles)
            out << "<td>" << duration_text(histogram->quantile(q)) << "</td>";
        out << "<td>" << duration_text(static_cast<double>(histogram->max())) << "</td></tr>";
    }
    out << "</table></div><p>Creation and time to snapshot are measured from the moment at which "
           "the "
           "plan wanted the user, whether or not the generator was in time, and include all "
           "attempts. A user that cuts or leaves has a successor when the plan says so, whatever "
           "the server does; only a user that returns to a session waits for its snapshot before "
           "it goes. A quote's latency is measured from its <code>t</code>, by the server's clock, "
           "to the reading here; slow users have a line of their own.</p>";
}

void write_settings(Report const& report, std::ostream& out) {
    out << "<details><summary>Settings</summary><div class=\"wide\"><table>";
    for (auto const& entry : setting_table()) {
        auto const value = value_of(report.settings, entry);
        out << "<tr><td>" << entry.name << "</td><td>" << escaped(value) << "</td></tr>";
    }
    out << "</table></div></details>";
}

void write_verdict(Report const& report, std::ostream& out) {
    out << "<p class=\"verdict " << (report.clean() ? "good" : "bad") << "\">"
        << (report.clean() ? "Clean: all came, all streamed, none was cut." : "Not clean.")
        << "</p>";
    for (auto const& fault : report.faults)
        out << "<p class=\"bad\">" << escaped(fault) << "</p>";
    for (auto const& warning : report.warnings)
        out << "<p class=\"warn\">Warning: " << escaped(warning) << "</p>";
    if (report.settled_after) {
        out << (report.back_at_zero() ? "<p>The server was back at zero "
                                      : "<p>The server held no more of each than before ")
            << duration_text(*report.settled_after * 1e6) << " after the last user had left.</p>";
    }
    out << "<p>The generator itself took " << duration_text(report.cpu_seconds * 1e6)
        << " of processor and " << bytes_text(report.resident_bytes) << " of memory.</p>";
}

}  // namespace

std::string to_html(Report const& report) {
    auto const& settings = report.settings;
    std::ostringstream out;
    auto const title = settings.scenario + " of " + std::to_string(settings.users) + " users";
    out << "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
           "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>"
        << escaped(title) << "</title><style>" << kStyle << svg_style()
        << "</style></head><body><main><h1>" << escaped(title) << "</h1><p>"
        << escaped(settings.target) << ", " << report.began << ", "
        << duration_text(report.seconds * 1e6) << "</p>";
    write_verdict(report, out);
    write_figures(report, out);
    out << "<div class=\"plots\">";
    for (auto const& [name, svg] : plots(report, false))
        out << "<figure>" << svg << "</figure>";
    out << "</div>";
    write_latencies(report, out);
    write_settings(report, out);
    out << "</main></body></html>\n";
    return out.str();
}

}  // namespace tickcast::load
