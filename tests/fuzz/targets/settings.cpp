// Settings: the TOML file, variables, flags, and the texts of feeds. The input's parts are divided
// by NULs: first the file, then flags (that begin with '-') and variables.
#include "config/environment.hpp"
#include "config/setting_table.hpp"
#include "config/settings_file.hpp"
#include "feed/feed_text.hpp"
#include "feed/replay/replay_spec.hpp"
#include "feed/sim/sim_spec.hpp"
#include "fuzz/support/fuzz.hpp"
#include "fuzz/support/memory_file.hpp"
#include "tickcast/config/load.hpp"
#include "tickcast/feed/registry/feed_registry.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace tickcast::fuzz {

namespace {

std::vector<std::string> parts_of(std::string_view input) {
    std::vector<std::string> parts;
    for (std::size_t begin = 0; begin <= input.size();) {
        auto const end = std::min(input.find('\0', begin), input.size());
        parts.emplace_back(input.substr(begin, end - begin));
        begin = end + 1;
    }
    return parts;
}

void check_error(SettingError const& error) {
    require(error.line.find(" (from ") != error.line.npos, "an error names the value's source");
    for (char const c : error.line)
        require(static_cast<unsigned char>(c) >= 0x20 && c != 0x7F, "an error is one line");
    require(error.line.size() < 4096, "an error is short");
}

/// What holds for any settings that were accepted.
void check_settings(Settings const& settings) {
    for (double const seconds :
         {settings.pending_seconds, settings.detached_seconds, settings.max_session_age_seconds,
          settings.heartbeat_seconds, settings.stale_seconds, settings.ping_seconds,
          settings.peer_timeout_seconds, settings.request_timeout_seconds,
          settings.slow_client_seconds, settings.drain_seconds, settings.drain_delay_seconds})
        require(std::isfinite(seconds) && seconds >= 0 && seconds <= 1e6, "seconds are bounded");
    require(settings.heartbeat_seconds > 0 && settings.peer_timeout_seconds > 0,
            "a deadline is not zero");
    require(static_cast<bool>(parse_listen("--listen", settings.listen)), "an address is one");
    require(!settings.feeds.empty(), "there is a feed");
    require(settings.max_message_bytes > 0 && settings.max_header_bytes > 0, "limits are not zero");
    for (auto const& path : {settings.web_root, settings.push_token_file, settings.tls_cert})
        require(path.find('\0') == path.npos, "a path is what the system sees");
}

/// Each value's text, given again, gives the same value.
void check_again(Settings const& settings) {
    for (auto const& setting : all_settings()) {
        auto const text = value_text(setting, settings);
        if (setting.repeatable() || text.empty()) continue;
        Settings again;
        GivenValue const given{text, "here"};
        // No setting has been given the processors' number; its default 0 means them.
        if (setting.name == "threads" && text == "0") continue;
        require(static_cast<bool>(apply(setting, {&given, 1}, again)), "a value's text is a value");
        require_same(value_text(setting, again), text, "a value's text gives the value");
    }
}

void check_loading(std::string const& path, std::vector<std::string> const& parts) {
    std::vector<char const*> flags{"tickcast"};
    std::vector<char const*> variables;
    auto const config = "TICKCAST_CONFIG=" + path;
    variables.push_back(config.c_str());
    for (std::size_t i = 1; i < parts.size(); ++i)
        (parts[i].starts_with('-') ? flags : variables).push_back(parts[i].c_str());
    variables.push_back(nullptr);
    auto const count = static_cast<int>(flags.size());
    flags.push_back(nullptr);
    auto const command = load_settings(count, flags.data(), variables.data());
    if (!command) return check_error(command.error());
    auto const* const loaded = std::get_if<LoadedSettings>(&*command);
    if (loaded == nullptr) return;
    check_settings(loaded->settings);
    check_again(loaded->settings);
    require(configuration_text(loaded->settings).find("max-sessions=") != std::string::npos,
            "settings can be shown");
}

/// The values of one source, each by itself.
void check_given(Given const& given) {
    auto const settings = all_settings();
    require(given.size() == settings.size(), "each setting has its place");
    for (std::size_t i = 0; i < settings.size(); ++i) {
        if (given[i].empty()) continue;
        require(given[i].size() < 2 || settings[i].repeatable(), "a setting is there once");
        Settings into;
        auto const applied = apply(settings[i], given[i], into);
        if (!applied) {
            check_error(applied.error());
        } else {
            check_settings(into);
        }
    }
}

void check_file(std::string const& path) {
    auto const given = read_settings_file({path, "the command line"});
    if (!given) return check_error(given.error());
    check_given(*given);
}

void check_variables(std::vector<std::string> const& parts) {
    std::vector<char const*> variables;
    for (std::size_t i = 1; i < parts.size(); ++i)
        variables.push_back(parts[i].c_str());
    variables.push_back(nullptr);
    auto const given = read_environment(variables.data());
    check_given(given.given);
    for (auto const& name : given.unknown)
        require(name.starts_with("TICKCAST_"), "only our variables are unknown to us");
}

void check_feed(std::string_view text) {
    auto const feed = parse_feed(text);
    auto const parts = FeedText::of(text);
    if (!feed) return require(!feed.error().empty(), "a feed is refused with a reason");
    auto const labels = feed_labels();
    require(std::find(labels.begin(), labels.end(), parts.name) != labels.end(),
            "a feed has a name");
    if (parts.name == "replay") {
        auto const spec = ReplaySpec::parse(parts);
        require(spec && !spec->file.empty(), "a replay has a file");
        require(spec->speed >= 0 && spec->speed <= ReplaySpec::kMaxSpeed, "a speed is bounded");
        require(spec->max_gap_seconds >= 0 &&
                    spec->max_gap_seconds <= static_cast<double>(ReplaySpec::kMaxGapSeconds),
                "a gap is bounded");
    } else if (parts.name == "sim") {
        auto const spec = SimSpec::parse(parts);
        require(spec && spec->rate > 0 && spec->rate <= SimSpec::kMaxRate, "a rate is bounded");
        require(spec->tickers >= 1 && spec->tickers <= SimSpec::kMaxTickers, "tickers are bounded");
        require(spec->burst >= 1 && spec->burst <= SimSpec::kMaxBurst, "a burst is bounded");
    }
}

}  // namespace

void run(std::string_view input) {
    static MemoryFile file;
    auto const parts = parts_of(input);
    file.write(parts[0]);
    check_file(file.path());
    for (auto const& part : parts)
        check_feed(part);
    check_variables(parts);
    // Flags take most of the time that loading takes.
    auto const is_flag = [](std::string const& part) { return part.starts_with('-'); };
    if (std::any_of(parts.begin() + 1, parts.end(), is_flag)) check_loading(file.path(), parts);
}

}  // namespace tickcast::fuzz
