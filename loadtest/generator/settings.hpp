// The settings of a run. A plain value, constant once parsed. Bounds: setting_table.cpp has those
// of each setting, check() those that concern several settings.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

namespace tickcast::load {

struct Settings {
    std::string scenario{"spike"};
    std::string target{"http://127.0.0.1:8080"};
    std::string metrics;  ///< the admin listener's URL; empty: the server's metrics are not read
    std::string ca_file;  ///< trusted certificates for https; empty: those of the system
    bool allow_remote{false};

    std::size_t users{0};
    double ramp_seconds{0};
    double hold_seconds{0};
    double drop_seconds{0};
    bool drop_by_reset{false};
    double settle_seconds{45};

    std::string tickers;  ///< separated by commas; empty: all that the server knows
    std::size_t tickers_per_user{5};
    std::size_t throttle_ms{0};

    double slow_percent{0};
    double aborting_percent{0};
    double returning_percent{0};
    double leaving_percent{0};
    double stay_seconds{10};
    double pause_seconds{1};
    std::size_t slow_bytes_per_second{20'000};

    double timeout_seconds{10};
    double silent_seconds{20};
    std::size_t threads{1};
    std::size_t seed{1};
    std::size_t max_sessions{1'000'000};
    double max_seconds{7'200};

    std::string json_file;
    std::string html_file;
    std::string svg_folder;
    bool quiet{false};

    /// When the users that are still left are cut.
    double ends_by() const noexcept { return max_seconds + timeout_seconds; }
    double stay_until() const noexcept { return ramp_seconds + hold_seconds; }
};

/// An operator's mistake: the setting, the value, and the value's origin.
struct SettingError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Thrown for `--help`: the text to print instead of a run.
struct HelpAsked {
    std::string text;
};

/// Flags over the file of --file over the scenario's defaults. Throws SettingError or HelpAsked.
Settings parse_settings(std::vector<std::string> const& arguments);

/// The tickers of --tickers: in upper case, each once. Throws SettingError for a text that is no
/// ticker.
std::vector<std::string> named_tickers(Settings const& settings);

/// Checks settings that depend on each other; `descriptors`: how many the process may open.
void check(Settings const& settings, std::size_t descriptors);

}  // namespace tickcast::load
