// Loads the settings from flags, environment, file and defaults, in this order of precedence. A
// fault becomes one line that names setting, value and source. Functions, used at start-up and on
// SIGHUP only.
#pragma once

#include "tickcast/base/result.hpp"
#include "tickcast/config/setting_error.hpp"
#include "tickcast/config/setting_sources.hpp"
#include "tickcast/config/settings.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tickcast {

/// The text of --help or --version; the caller prints it to standard output (exit status 0).
struct HelpText {
    std::string text;
};

struct LoadedSettings {
    Settings settings{};
    SettingSources sources{};
    std::vector<std::string> unknown_variables{};  ///< TICKCAST_* variables that name no setting
};

/// What the command line asks for: to serve with these settings, or to print this text.
using Command = std::variant<LoadedSettings, HelpText>;

/// `environment` is the process's `environ`: NAME=VALUE texts, ended by a null pointer. Reads the
/// file of --config. Every given value is checked, also a value that another source overrides.
/// `more_help`: what --help says of the settings' values that other modules know, in whole lines.
Result<Command, SettingError> load_settings(int argc, char const* const* argv,
                                            char const* const* environment,
                                            std::string const& more_help = {});

/// All settings as `listen=0.0.0.0:8080 admin-listen=… feed="sim push" …` in one line, credentials
/// masked.
std::string configuration_text(Settings const& settings);

/// This build's version, as in "0.1.0".
std::string_view version() noexcept;

/// How many processors this process can use: its affinity, or its cgroup's CPU quota rounded up,
/// whichever is less.
std::size_t usable_processors();

/// "ADDRESS:PORT" or "[ADDRESS6]:PORT"; the host is an IP address, without the brackets. `setting`
/// is the flag ("--listen") for the error. The values from load_settings are checked already.
struct HostPort {
    std::string host;
    std::uint16_t port{0};
};
Result<HostPort, SettingError> parse_listen(std::string const& setting, std::string const& value);

}  // namespace tickcast
