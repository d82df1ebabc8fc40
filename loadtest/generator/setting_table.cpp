#include "generator/setting_table.hpp"

#include <charconv>
#include <cmath>
#include <sstream>

namespace tickcast::load {
namespace {

constexpr double kDay = 86'400;
constexpr double kMaxUsers = 100'000;

[[noreturn]] void refuse(SettingEntry const& entry, std::string const& value,
                         std::string const& why, std::string const& origin) {
    throw SettingError(std::string("--") + entry.name + ": \"" + value + "\" " + why + " (" +
                       origin + ")");
}

std::string number_text(double value) {
    std::ostringstream text;
    text.precision(12);
    text << value;
    return text.str();
}

template <typename Number>
Number parse_number(SettingEntry const& entry, std::string const& value,
                    std::string const& origin) {
    Number number{};
    auto const* const end = value.data() + value.size();
    auto const [read, error] = std::from_chars(value.data(), end, number);
    if (error != std::errc{} || read != end) {
        refuse(entry, value, std::is_integral_v<Number> ? "is no whole number" : "is no number",
               origin);
    }
    auto const size = static_cast<double>(number);
    if (!std::isfinite(size) || size < entry.least || size > entry.most) {
        refuse(entry, value,
               "is not between " + number_text(entry.least) + " and " + number_text(entry.most),
               origin);
    }
    return number;
}

struct Apply {
    Settings& settings;
    SettingEntry const& entry;
    std::string const& value;
    std::string const& origin;

    void operator()(double Settings::* member) const {
        settings.*member = parse_number<double>(entry, value, origin);
    }
    void operator()(std::size_t Settings::* member) const {
        settings.*member = parse_number<std::size_t>(entry, value, origin);
    }
    void operator()(std::string Settings::* member) const { settings.*member = value; }
    void operator()(bool Settings::* member) const {
        if (value != "true" && value != "false") refuse(entry, value, "is no boolean", origin);
        settings.*member = value == "true";
    }
};

}  // namespace

std::vector<SettingEntry> const& setting_table() {
    using S = Settings;
    static std::vector<SettingEntry> const table{
        {"target", &S::target, 0, 0, "the server's public listener, http:// or https://"},
        {"metrics", &S::metrics, 0, 0,
         "the server's admin listener, http://127.0.0.1:8081: read once per second; after the run "
         "its gauges must be back at zero, or at their values from before the run"},
        {"ca", &S::ca_file, 0, 0,
         "FILE in PEM with the certificates to trust for https://, instead of the system's"},
        {"allow-remote", &S::allow_remote, 0, 0,
         "load a server that is not on this machine; be sure that it is yours"},
        {"users", &S::users, 1, kMaxUsers, "users at a time"},
        {"ramp-seconds", &S::ramp_seconds, 0, kDay, "over which the users arrive"},
        {"hold-seconds", &S::hold_seconds, 0, kDay,
         "for which all users stay after the last one came"},
        {"drop-seconds", &S::drop_seconds, 0, kDay, "over which the users leave"},
        {"drop-by-reset", &S::drop_by_reset, 0, 0,
         "users leave by RST then, without a close frame"},
        {"settle-seconds", &S::settle_seconds, 0, 600,
         "for the server to be back at zero afterwards; only with --metrics"},
        {"tickers", &S::tickers, 0, 0,
         "AAPL,MSFT: to choose from, instead of all that the server knows"},
        {"tickers-per-user", &S::tickers_per_user, 1, 1'000, "of each user, chosen at random"},
        {"throttle-ms", &S::throttle_ms, 0, 60'000, "of each session"},
        {"slow-percent", &S::slow_percent, 0, 100, "of users that read little at a time"},
        {"slow-bytes-per-second", &S::slow_bytes_per_second, 20, 10'000'000,
         "that each of these reads"},
        {"aborting-percent", &S::aborting_percent, 0, 100,
         "of users that cut their connection, a quarter within the handshake; a new user follows"},
        {"returning-percent", &S::returning_percent, 0, 100,
         "of users that go, half without a close frame, and come back to their session"},
        {"leaving-percent", &S::leaving_percent, 0, 100,
         "of users that leave with a close frame; a new user follows"},
        {"stay-seconds", &S::stay_seconds, 0.001, kDay,
         "that a user of these three kinds stays, on average"},
        {"pause-seconds", &S::pause_seconds, 0, 3'600,
         "until a returning user comes back, on average"},
        {"timeout-seconds", &S::timeout_seconds, 0.001, 300,
         "from each attempt to its snapshot, from our close frame to its answer and the FIN, from "
         "the server's close frame to its FIN"},
        {"silent-seconds", &S::silent_seconds, 0.001, 3'600,
         "without a text frame after which a stream counts as silent (heartbeats come every 15)"},
        {"threads", &S::threads, 1, 64, "that share the users"},
        {"seed", &S::seed, 0, 1e15, "of all random numbers"},
        {"max-sessions", &S::max_sessions, 1, 100'000'000,
         "after which no more sessions are begun"},
        {"max-seconds", &S::max_seconds, 1, 7 * kDay,
         "that ramp, hold and drop may take; users still left timeout-seconds later are cut"},
        {"json", &S::json_file, 0, 0, "FILE for the report for machines, - for standard output"},
        {"html", &S::html_file, 0, 0, "FILE for the report with plots"},
        {"svg", &S::svg_folder, 0, 0, "FOLDER for each plot as a file of its own"},
        {"quiet", &S::quiet, 0, 0, "no progress line"},
    };
    return table;
}

void apply_setting(Settings& settings, SettingEntry const& entry, std::string const& value,
                   std::string const& origin) {
    std::visit(Apply{settings, entry, value, origin}, entry.member);
}

std::string value_of(Settings const& settings, SettingEntry const& entry) {
    return std::visit(
        [&](auto member) -> std::string {
            auto const& value = settings.*member;
            using Value = std::decay_t<decltype(value)>;
            if constexpr (std::is_same_v<Value, std::string>) {
                return value;
            } else if constexpr (std::is_same_v<Value, bool>) {
                return value ? "true" : "false";
            } else {
                return number_text(static_cast<double>(value));
            }
        },
        entry.member);
}

Settings scenario_defaults(std::string_view scenario, std::string const& origin) {
    Settings settings;
    settings.scenario = scenario;
    if (scenario == "spike") {
        settings.users = 1'500;
        settings.ramp_seconds = 2;
        settings.hold_seconds = 30;
    } else if (scenario == "capacity") {
        settings.users = 5'000;
        settings.ramp_seconds = 300;
        settings.hold_seconds = 300;
        settings.drop_seconds = 10;
    } else if (scenario == "churn") {
        settings.users = 1'000;
        settings.ramp_seconds = 5;
        settings.hold_seconds = 60;
        settings.drop_seconds = 2;
        settings.leaving_percent = 60;
        settings.aborting_percent = 20;
        settings.returning_percent = 20;
        settings.stay_seconds = 5;
    } else if (scenario == "soak") {
        settings.users = 1'000;
        settings.ramp_seconds = 30;
        settings.hold_seconds = 3'600;
        settings.drop_seconds = 5;
        settings.slow_percent = 2;
        settings.aborting_percent = 5;
        settings.returning_percent = 5;
        settings.leaving_percent = 5;
        settings.stay_seconds = 60;
    } else {
        throw SettingError("there is no scenario \"" + std::string(scenario) +
                           "\", but spike, capacity, churn and soak (" + origin + ")");
    }
    return settings;
}

}  // namespace tickcast::load
