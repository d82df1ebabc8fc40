// Reads the command line with CLI11: names and texts only; the setting table checks the values.
// Pure; used at start-up and on SIGHUP.
#pragma once

#include "given.hpp"
#include "tickcast/base/result.hpp"
#include "tickcast/config/load.hpp"

#include <string>
#include <variant>

namespace tickcast {

/// `more_help`: what --help says between the settings and the notes.
Result<std::variant<Given, HelpText>, SettingError> read_flags(int argc, char const* const* argv,
                                                               std::string const& more_help);

}  // namespace tickcast
