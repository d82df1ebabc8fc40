// Settings from the command line. What is wrong becomes one line that names setting, value and
// origin.
#pragma once

#include "tickcast/config/settings.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace tickcast {

/// Text of --help or --version, to be printed to standard output (exit status 0).
struct HelpText {
    std::string text;
};
/// One line for standard error (exit status 2).
struct SettingError {
    std::string line;
};

std::variant<Settings, HelpText, SettingError> load_settings(int argc, char const* const* argv);

/// This build's version, as in "0.1.0".
std::string_view version() noexcept;

/// The processors this process may use: its affinity, and its cgroup's CPU quota rounded up.
std::size_t usable_processors();

/// "ADDRESS:PORT" or "[ADDRESS6]:PORT"; the host is an IP address, without the brackets. `setting`
/// is the flag ("--listen") for the error. What load_settings gives has been checked already.
struct HostPort {
    std::string host;
    std::uint16_t port{0};
};
std::variant<HostPort, SettingError> parse_listen(std::string const& setting,
                                                  std::string const& value);

}  // namespace tickcast
