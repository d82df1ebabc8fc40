#include "tickcast/config/load.hpp"

#include "setting_error.hpp"
#include "setting_table.hpp"

#include <CLI/CLI.hpp>

#include <optional>
#include <string_view>
#include <vector>

namespace tickcast {
namespace {

constexpr std::string_view kOrigin = "the command line";

std::string description(Setting const& setting) {
    auto const unit = setting.unit.empty() ? wanted_text(setting) : std::string{setting.unit};
    std::string text{setting.meaning};
    text.append(" (").append(unit).append(", default ").append(default_text(setting));
    return text.append(")");
}

/// The texts given for each setting, in the order of the table; empty = not given.
using Given = std::vector<std::vector<std::string>>;

void add_flags(CLI::App& app, Given& given) {
    app.set_help_flag("--help", "print this text");
    app.set_version_flag("--version", "tickcast " + std::string{version()}, "print the version");
    app.allow_extras();  // what is not known gets an error of our own form
    app.get_formatter()->column_width(34);
    auto const settings = all_settings();
    given.resize(settings.size());
    for (std::size_t i = 0; i < settings.size(); ++i) {
        auto const keep = [&texts = given[i]](CLI::results_t const& results) {
            texts = results;
            return true;
        };
        // Texts only: values are checked by the table, the same for every origin.
        app.add_option(settings[i].flag(), keep, description(settings[i]))
            ->type_name("VALUE")
            ->type_size(1)
            ->expected(1)
            ->allow_extra_args(false)
            ->multi_option_policy(settings[i].repeatable() ? CLI::MultiOptionPolicy::TakeAll
                                                           : CLI::MultiOptionPolicy::TakeLast);
    }
}

SettingError unexpected(std::string_view argument) {
    if (!argument.starts_with('-')) {
        return setting_error(in_quotes(argument), "is not expected, all settings are flags",
                             kOrigin);
    }
    auto const equals = argument.find('=');
    std::string what{"is no setting"};
    if (equals != std::string_view::npos) {
        what += ", given " + in_quotes(argument.substr(equals + 1));
    }
    return setting_error(in_one_line(argument.substr(0, equals)), what, kOrigin);
}

/// CLI11 would take the next argument for the value of `--name=`.
std::optional<SettingError> empty_assignment(int argc, char const* const* argv) {
    for (int i = 1; i < argc; ++i) {
        std::string_view const argument{argv[i]};
        if (argument.starts_with("--") && argument.find('=') + 1 == argument.size()) {
            return setting_error(in_one_line(argument.substr(0, argument.size() - 1)),
                                 "\"\" is not a value", kOrigin);
        }
    }
    return std::nullopt;
}

}  // namespace

std::string_view version() noexcept {
    return TICKCAST_VERSION;
}

std::variant<Settings, HelpText, SettingError> load_settings(int argc, char const* const* argv) {
    CLI::App app{"Tickcast: live prices by WebSocket to many clients", "tickcast"};
    Given given;
    add_flags(app, given);
    if (auto error = empty_assignment(argc, argv)) return *std::move(error);
    try {
        app.parse(argc, argv);
    } catch (CLI::CallForHelp const&) {
        return HelpText{app.help()};
    } catch (CLI::CallForVersion const& call) {
        return HelpText{std::string{call.what()} + "\n"};
    } catch (CLI::ParseError const&) {
        // The names are known and any text is a value, so what can be wrong is a last flag without.
        return setting_error(in_one_line(argv[argc - 1]), "has no value", kOrigin);
    }
    for (auto const& extra : app.remaining()) {
        if (extra != "--") return unexpected(extra);
    }

    Settings settings;
    for (std::size_t i = 0; i < given.size(); ++i) {
        if (given[i].empty()) continue;
        if (auto error = apply(all_settings()[i], given[i], kOrigin, settings)) {
            return *std::move(error);
        }
    }
    return settings;
}

}  // namespace tickcast
