#include "generator/settings.hpp"

#include "generator/setting_table.hpp"
#include "generator/target.hpp"

#include <CLI/CLI.hpp>
#include <toml++/toml.h>

#include <algorithm>
#include <optional>
#include <unordered_set>

namespace tickcast::load {
namespace {

constexpr char const* kFromFlags = "from the command line";
constexpr std::size_t kDescriptorsBeside = 64;  ///< files, epolls and the like

// The rule for tickers, as in the contract.
constexpr std::size_t kMaxTickerSize = 32;
constexpr char const* kTickerLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-^=/:_&+#@";

struct Given {
    std::string value;
    std::string origin;
};

/// One value of the file as text; nothing for a type that no setting has.
std::optional<std::string> text_of(toml::node const& node) {
    if (auto const* text = node.as_string()) return text->get();
    if (auto const* number = node.as_integer()) return std::to_string(number->get());
    if (auto const* truth = node.as_boolean()) return truth->get() ? "true" : "false";
    if (auto const* number = node.as_floating_point()) {
        std::ostringstream text;
        text << number->get();
        return text.str();
    }
    auto const* const list = node.as_array();
    if (list == nullptr) return std::nullopt;
    std::string joined;
    for (auto const& element : *list) {
        auto const* const text = element.as_string();
        if (text == nullptr) return std::nullopt;
        joined.append(joined.empty() ? "" : ",").append(text->get());
    }
    return joined;
}

bool is_setting(std::string_view name) {
    for (auto const& entry : setting_table()) {
        if (name == entry.name) return true;
    }
    return name == "scenario";
}

std::map<std::string, Given, std::less<>> read_file(std::string const& path) {
    std::map<std::string, Given, std::less<>> found;
    toml::table table;
    try {
        table = toml::parse_file(path);
    } catch (toml::parse_error const& error) {
        throw SettingError("--file: " + path + ": line " +
                           std::to_string(error.source().begin.line) + ": " +
                           std::string(error.description()));
    }
    for (auto const& [key, node] : table) {
        std::string const name(key.str());
        auto const origin = path + ", line " + std::to_string(node.source().begin.line);
        if (!is_setting(name)) {
            throw SettingError("there is no setting \"" + name + "\" (" + origin + ")");
        }
        auto const text = text_of(node);
        if (!text) throw SettingError("--" + name + ": no fitting value (" + origin + ")");
        found[name] = {*text, origin};
    }
    return found;
}

struct Flags {
    std::map<std::string, Given, std::less<>> given;
    std::string file;
};

Flags read_flags(std::vector<std::string> const& arguments) {
    CLI::App app{
        "tickcast-load: users that make a session and stream it, arriving whether or not the "
        "server keeps up.\nA session costs some KB; the report states what the generator itself "
        "used.\nShown in brackets: the defaults of a spike.\nExit status: 0 clean, 1 not, 2 wrong "
        "setting."};
    auto const& table = setting_table();
    auto const spike = scenario_defaults("spike", "the default");
    std::vector<std::string> values(table.size());
    std::vector<CLI::Option*> options;
    std::string scenario;
    Flags flags;
    auto* const positional =
        app.add_option("scenario", scenario, "spike, capacity, churn or soak (default: spike)");
    app.add_option("--file", flags.file, "TOML with these settings by name, and scenario");
    for (std::size_t i = 0; i < table.size(); ++i) {
        auto const name = std::string("--") + table[i].name;
        bool const is_flag = std::holds_alternative<bool Settings::*>(table[i].member);
        auto const usual = is_flag ? std::string() : value_of(spike, table[i]);
        auto const help = table[i].help + (usual.empty() ? "" : " [" + usual + "]");
        options.push_back(is_flag ? app.add_flag(name, values[i], help)
                                  : app.add_option(name, values[i], help));
    }
    try {
        app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
    } catch (CLI::CallForHelp const&) {
        throw HelpAsked{app.help("tickcast-load")};
    } catch (CLI::ParseError const& error) {
        throw SettingError(error.what());
    }
    if (positional->count() > 0) flags.given["scenario"] = {scenario, kFromFlags};
    for (std::size_t i = 0; i < table.size(); ++i) {
        if (options[i]->count() > 0) flags.given[table[i].name] = {values[i], kFromFlags};
    }
    return flags;
}

}  // namespace

Settings parse_settings(std::vector<std::string> const& arguments) {
    auto const flags = read_flags(arguments);
    auto all =
        flags.file.empty() ? std::map<std::string, Given, std::less<>>{} : read_file(flags.file);
    for (auto const& [name, given] : flags.given)
        all[name] = given;
    auto const scenario = all.find("scenario");
    auto settings = scenario == all.end()
                        ? scenario_defaults("spike", "the default")
                        : scenario_defaults(scenario->second.value, scenario->second.origin);
    for (auto const& entry : setting_table()) {
        auto const found = all.find(entry.name);
        if (found == all.end()) continue;
        apply_setting(settings, entry, found->second.value, found->second.origin);
    }
    return settings;
}

std::vector<std::string> named_tickers(Settings const& settings) {
    std::vector<std::string> names;
    if (settings.tickers.empty()) return names;
    auto const& all = settings.tickers;
    std::unordered_set<std::string> seen;
    for (std::size_t begin = 0; begin <= all.size();) {
        auto const end = std::min(all.find(',', begin), all.size());
        auto const given = all.substr(begin, end - begin);
        auto name = given;
        std::transform(name.begin(), name.end(), name.begin(), [](char c) {
            return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        });
        bool const good = !name.empty() && name.size() <= kMaxTickerSize &&
                          name.find_first_not_of(kTickerLetters) == std::string::npos;
        if (!good) {
            throw SettingError("--tickers: \"" + given + "\" is no ticker: 1 to 32 of " +
                               kTickerLetters + ", by comma");
        }
        if (seen.insert(name).second) names.push_back(name);
        begin = end + 1;
    }
    return names;
}

void check(Settings const& settings, std::size_t descriptors) {
    named_tickers(settings);
    if (!settings.ca_file.empty() && !is_secure(settings.target) && !is_secure(settings.metrics)) {
        throw SettingError("--ca: neither --target nor --metrics begins with https://");
    }
    auto const shares = settings.slow_percent + settings.aborting_percent +
                        settings.returning_percent + settings.leaving_percent;
    if (shares > 100) throw SettingError("the shares of users make more than 100 percent");
    auto const planned = settings.ramp_seconds + settings.hold_seconds + settings.drop_seconds;
    if (planned <= 0) throw SettingError("ramp, hold and drop are all of no time");
    if (planned > settings.max_seconds) {
        throw SettingError("ramp, hold and drop take more than --max-seconds");
    }
    if (settings.users > settings.max_sessions) {
        throw SettingError("--users is more than --max-sessions");
    }
    if (settings.threads > settings.users) throw SettingError("more --threads than --users");
    // A user that goes has a successor at once, but keeps its socket until the server has closed
    // too. If the server stalls for long, there are more of these, and a lack of descriptors is
    // then a fault of the run.
    auto const needed = settings.users + kDescriptorsBeside +
                        (settings.leaving_percent > 0 ? settings.users / 10 : 0);
    if (needed > descriptors) {
        throw SettingError("--users needs " + std::to_string(needed) +
                           " descriptors, but this process may open " +
                           std::to_string(descriptors) + " (ulimit -Hn)");
    }
}

}  // namespace tickcast::load
