// A finished run, and the forms in which it is reported. Plain values; one thread.
#pragma once

#include "generator/own_cost.hpp"
#include "generator/server_watch.hpp"
#include "generator/settings.hpp"
#include "generator/tally.hpp"

#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace tickcast::load {

/// One second of the whole run: counts within that second, levels at its end.
struct Row {
    double at{0};
    double wanted{0};
    double open{0};
    double streaming{0};
    double begun{0};       ///< sessions requested in this second
    double failed{0};      ///< in this second
    double unexpected{0};  ///< in this second
    double ticks{0};
    double jumped{0};
    double bytes{0};
    double quote_p50_us{0};
    double quote_p99_us{0};
    double quote_p999_us{0};
    double snapshot_p99_us{0};
    CostSample cost{};  ///< of the busiest thread
};

struct Report {
    Settings settings;
    std::string began;  ///< ISO 8601, UTC
    double seconds{0};
    Tally tally{};
    std::vector<Row> rows{};
    std::vector<std::string> faults{};  ///< empty: clean
    std::vector<std::string> warnings{};
    bool bottleneck{false};    ///< a warning says that the generator could not keep up
    double cpu_seconds{0};     ///< of the generator, all threads
    double resident_bytes{0};  ///< of the generator at its largest
    double most_streaming{0};

    std::optional<ServerSample> server_before{};
    std::vector<ServerSample> server{};
    std::size_t failed_scrapes{0};
    std::optional<double> settled_after{};

    /// Whether the server was at zero before the run and is again. Only then may a text say so.
    bool back_at_zero() const noexcept {
        return settled_after && server_before && server_before->holds_nothing();
    }

    bool clean() const noexcept { return faults.empty(); }
};

struct NamedHistogram {
    char const* key;   ///< for machines
    char const* name;  ///< for people
    client::LatencyHistogram const* histogram;
};

/// In the order of a user's life.
std::vector<NamedHistogram> histograms(Tally const& tally);

/// The server's processors in use between two samples.
double cpu_between(ServerSample const& from, ServerSample const& to) noexcept;

/// "850 µs", "1.2 ms", "3.4 s".
std::string duration_text(double us);
/// "12.3k", "4.5M".
std::string count_text(double count);
/// "12.3 MB".
std::string bytes_text(double bytes);

void write_table(Report const& report, std::ostream& out);
std::string to_json(Report const& report);
std::string to_html(Report const& report);

/// Each plot's file name and SVG.
std::vector<std::pair<std::string, std::string>> plots(Report const& report, bool standalone);

}  // namespace tickcast::load
