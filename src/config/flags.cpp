#include "flags.hpp"

#include "setting_table.hpp"

#include <CLI/CLI.hpp>

#include <cstddef>
#include <string_view>
#include <utility>

namespace tickcast {
namespace {

constexpr std::string_view kSource = "the command line";

constexpr auto kNotes = R"(
A flag overrides an environment variable, that a key of --config's file, that the default; but every
value given has to be right. --max-sessions is TICKCAST_MAX_SESSIONS in the environment, where an
empty variable counts as not set, and max-sessions in the file. Repeatable settings are separated by
white space in the environment and are arrays in the file. Where true or false is wanted the flag
alone means true; true or false may follow it, after '=' or as the next word.
SIGHUP reads the settings again, applies the log level and reloads the certificate.
Exit status: 0 ended by a signal, 1 failure or a second signal, 2 wrong setting.)";

std::string description(Setting const& setting) {
    std::string text{setting.meaning};
    text.append(" (").append(unit_text(setting)).append(", default ");
    return text.append(default_text(setting)).append(")");
}

/// The texts of each setting, in the order of the table.
using Texts = std::vector<std::vector<std::string>>;

void add_flag(CLI::App& app, Setting const& setting, std::vector<std::string>& texts) {
    auto const keep = [&texts](CLI::results_t const& results) {
        texts = results;
        return true;
    };
    auto* const option = app.add_option(setting.flag(), keep, description(setting));
    option->type_name("VALUE")->type_size(1)->allow_extra_args(false);
    // All values are kept, also of a flag that is not repeatable: each must be valid, and the last
    // one counts.
    option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    if (setting.is_bool()) {
        option->expected(0, 1)->default_str("true")->option_text("[true|false]");
    } else {
        option->expected(1);
    }
}

void add_flags(CLI::App& app, Texts& texts, std::string const& more_help) {
    app.set_help_flag("--help", "print this text");
    app.set_version_flag("--version", "tickcast " + std::string{version()}, "print the version");
    app.allow_extras();  // unknown arguments get an error in our own form
    app.get_formatter()->column_width(34);
    app.footer("\n" + more_help + kNotes);
    auto const settings = all_settings();
    texts.resize(settings.size());
    for (std::size_t i = 0; i < settings.size(); ++i)
        add_flag(app, settings[i], texts[i]);
}

/// `next` is the argument that follows on the command line, if any.
SettingError unexpected(std::string_view argument, std::string_view next) {
    if (!argument.starts_with('-')) {
        return setting_error(in_quotes(argument), "is not expected, all settings are flags",
                             kSource);
    }
    auto const equals = argument.find('=');
    std::string what{"is no setting"};
    if (equals != std::string_view::npos) {
        what += ", given " + in_quotes(argument.substr(equals + 1));
    } else if (!next.empty() && !next.starts_with('-')) {
        what += ", given " + in_quotes(next);
    }
    return setting_error(in_one_line(argument.substr(0, equals)), what, kSource);
}

/// CLI11 would use the next argument as the value of `--name=`.
Result<void, SettingError> check_assignments(int argc, char const* const* argv) {
    for (int i = 1; i < argc; ++i) {
        std::string_view const argument{argv[i]};
        if (argument.starts_with("--") && argument.find('=') + 1 == argument.size()) {
            return setting_error(in_one_line(argument.substr(0, argument.size() - 1)),
                                 "\"\" is not a value", kSource);
        }
    }
    return {};
}

}  // namespace

Result<std::variant<Given, HelpText>, SettingError> read_flags(int argc, char const* const* argv,
                                                               std::string const& more_help) {
    using Read = std::variant<Given, HelpText>;
    CLI::App app{"Tickcast: live prices by WebSocket to many clients", "tickcast"};
    Texts texts;
    add_flags(app, texts, more_help);
    if (auto checked = check_assignments(argc, argv); !checked) return std::move(checked.error());
    try {
        app.parse(argc, argv);
    } catch (CLI::CallForHelp const&) {
        return Read{HelpText{app.help()}};
    } catch (CLI::CallForVersion const& call) {
        return Read{HelpText{std::string{call.what()} + "\n"}};
    } catch (CLI::ParseError const&) {
        // The names are known and any text is a value, so the only possible fault is a last flag
        // without a value.
        return setting_error(in_one_line(argv[argc - 1]), "has no value", kSource);
    }
    auto const extras = app.remaining();
    for (std::size_t i = 0; i < extras.size(); ++i) {
        auto const next = i + 1 < extras.size() ? std::string_view{extras[i + 1]} : "";
        if (extras[i] != "--") return unexpected(extras[i], next);
    }
    Given given{texts.size()};
    for (std::size_t i = 0; i < texts.size(); ++i) {
        for (auto& text : texts[i])
            given[i].push_back({std::move(text), std::string{kSource}});
    }
    return Read{std::move(given)};
}

}  // namespace tickcast
