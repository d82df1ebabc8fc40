#include "tickcast/config/load.hpp"

#include "environment.hpp"
#include "flags.hpp"
#include "setting_checks.hpp"
#include "setting_table.hpp"
#include "settings_file.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

namespace tickcast {
namespace {

/// Checks each value of `given` and sets it over the values that are there.
Result<void, SettingError> apply_all(Given& given, LoadedSettings& loaded) {
    for (std::size_t i = 0; i < given.size(); ++i) {
        auto const& setting = all_settings()[i];
        auto& values = given[i];
        if (values.empty()) continue;
        if (setting.repeatable()) {
            if (auto applied = apply(setting, values, loaded.settings); !applied) return applied;
        } else {
            for (auto const& value : values) {  // the last one counts
                auto applied = apply(setting, {&value, 1}, loaded.settings);
                if (!applied) return applied;
            }
            values.erase(values.begin(), values.end() - 1);
        }
        std::vector<std::string> sources;
        for (auto& value : values)
            sources.push_back(std::move(value.source));
        loaded.sources.set(setting.name, std::move(sources));
    }
    return {};
}

/// The file's name can't come from the file.
std::optional<GivenValue> config_value(Given const& flags, Given const& environment) {
    auto const config = find_setting("config");
    for (auto const* given : {&flags, &environment}) {
        if (auto const& values = (*given)[*config]; !values.empty()) return values.back();
    }
    return std::nullopt;
}

/// The value for a key=value text: bare where it is one plain word, otherwise in quotes.
std::string logged(std::string_view value) {
    auto const is_plain = [](char c) { return c > ' ' && c != '"' && c != '\\' && c != 0x7f; };
    if (!value.empty() && std::all_of(value.begin(), value.end(), is_plain)) {
        return std::string{value};
    }
    std::string text{'"'};
    for (char const c : value) {
        if (c == '"' || c == '\\') text += '\\';
        text += c;
    }
    return text += '"';
}

}  // namespace

std::string_view version() noexcept {
    return TICKCAST_VERSION;
}

Result<Command, SettingError> load_settings(int argc, char const* const* argv,
                                            char const* const* environment,
                                            std::string const& more_help) {
    auto flags = read_flags(argc, argv, more_help);
    if (!flags) return std::move(flags.error());
    if (auto* help = std::get_if<HelpText>(&*flags)) return Command{std::move(*help)};
    auto& by_flags = std::get<Given>(*flags);
    auto by_environment = read_environment(environment);
    Given by_file;
    if (auto const config = config_value(by_flags, by_environment.given)) {
        auto read = read_settings_file(*config);
        if (!read) return std::move(read.error());
        by_file = *std::move(read);
    }

    LoadedSettings loaded;
    loaded.unknown_variables = std::move(by_environment.unknown);
    // The lowest precedence first: a later source overrides an earlier one.
    for (auto* given : {&by_file, &by_environment.given, &by_flags}) {
        if (auto applied = apply_all(*given, loaded); !applied) return std::move(applied.error());
    }
    if (auto checked = check_together(loaded); !checked) return std::move(checked.error());
    return Command{std::move(loaded)};
}

std::string configuration_text(Settings const& settings) {
    std::string text;
    for (auto const& setting : all_settings()) {
        if (!text.empty()) text += ' ';
        text.append(setting.name).append("=");
        text += logged(without_credentials(value_text(setting, settings)));
    }
    return text;
}

}  // namespace tickcast
